package dev.countersign.web;

/** What somebody was told of their sign-in, and when it happened. */
public record ToldView(String text, Moment at) {}

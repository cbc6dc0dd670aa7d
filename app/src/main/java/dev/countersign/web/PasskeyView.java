package dev.countersign.web;

/** A passkey as its person sees it. */
public record PasskeyView(String id, String name, String rp, Moment created, String used) {}

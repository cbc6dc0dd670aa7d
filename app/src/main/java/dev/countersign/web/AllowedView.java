package dev.countersign.web;

import java.util.List;

/**
 * A call that newer built-in defaults would allow.
 *
 * @param call drawn
 * @param before what is answered so far
 * @param recorded how often the ledger has it
 * @param why what allows it then
 */
public record AllowedView(List<Drawing.Piece> call, String before, int recorded, String why) {}

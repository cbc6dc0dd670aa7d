package dev.countersign.web;

import java.util.List;

/**
 * What a lead wants to know in the morning.
 *
 * @param ranges stretches of time to choose
 * @param chart how calls were answered over time
 * @param figures the numbers to know
 * @param waiting what waits for an answer now, the first to expire first
 * @param more how many more wait
 * @param asked what was asked about most
 * @param askedOf of how many questions that is
 * @param denied why calls were denied
 * @param deniedOf of how many denials that is
 * @param clients what was mediated of which client
 * @param approvers who answered
 * @param answeredOf of how many questions that is
 * @param badges whether the ledger is whole
 * @param hint what was not counted, or empty
 */
public record OverviewView(
        List<ActivityView.Choice> ranges,
        ChartView chart,
        List<Figure> figures,
        List<Waiting> waiting,
        int more,
        List<Ranked> asked,
        int askedOf,
        List<Ranked> denied,
        int deniedOf,
        List<Client> clients,
        List<Approver> approvers,
        int answeredOf,
        List<Badge> badges,
        String hint) {

    /** A number. */
    public record Figure(String value, String words, String href) {}

    /** Something that waits. */
    public record Waiting(
            String id,
            List<Drawing.Piece> headline,
            String agent,
            CallView.Risk risk,
            Moment until) {}

    /** One of several by how often it was. */
    public record Ranked(List<Drawing.Piece> words, String note, long count, String href) {}

    /**
     * What was seen of a client.
     *
     * @param results how many calls it told the result of
     * @param alarms how often something ran past us, or the like
     */
    public record Client(
            String name,
            String href,
            long decisions,
            long results,
            long alarms,
            String alarmHref) {}

    /**
     * How somebody answers.
     *
     * @param rate how many of a hundred answers were yes
     * @param median how long they took
     * @param burst a warning, or empty
     */
    public record Approver(
            String person, String href, int yes, int no, int rate, String median, String burst) {}

    /** Something about the ledger as a whole. */
    public record Badge(String style, String words, String note) {}
}

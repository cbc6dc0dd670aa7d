package dev.countersign.audit.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** A report for programs. */
final class ReportJson {
    private ReportJson() {}

    static ObjectNode of(Report report) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("framework", report.framework().id());
        json.put("from", report.period().from().toString());
        json.put("to", report.period().to().toString());
        json.put("before", report.period().before());
        json.put("made", report.made().toString());
        json.put("by", report.by());
        texts(json.putArray("notes"), report.notes());
        integrity(json.putObject("integrity"), report.integrity());
        ArrayNode figures = json.putArray("figures");
        report.figures()
                .values()
                .forEach(figure -> {
                    ObjectNode one = figures.addObject();
                    one.put("id", figure.id()).put("label", figure.label());
                    one.put("count", figure.count());
                    query(one, figure.query());
                });
        ArrayNode controls = json.putArray("controls");
        for (Framework.Control control : report.framework().controls()) {
            ObjectNode one = controls.addObject();
            one.put("id", control.id()).put("name", control.name()).put("asks", control.asks());
            one.put("shows", control.shows()).put("lacks", control.lacks());
            texts(one.putArray("figures"), control.figures());
        }
        state(json, report.roster());
        chains(json.putArray("approvals"), report);
        json.put("older_approvals_left_out", report.chainsLeftOut());
        ObjectNode listings = json.putObject("records");
        report.listings()
                .forEach((section, entries) -> {
                    ArrayNode list = listings.putArray(section);
                    for (Report.Entry entry : entries) {
                        ObjectNode one = list.addObject();
                        one.put("index", entry.index()).put("at", entry.at().toString());
                        one.put("kind", entry.kind()).put("who", entry.who());
                        one.put("what", entry.what());
                        texts(one.putArray("details"), entry.details());
                    }
                });
        ObjectNode silent = json.putObject("silences");
        silent.put("count", report.silent().count());
        silent.put("seconds", report.silent().total().toSeconds());
        ArrayNode longest = silent.putArray("longest");
        for (Silences.Silence silence : report.silences()) {
            ObjectNode one = longest.addObject();
            one.put("from", silence.from().toString()).put("to", silence.to().toString());
            query(one, silence.query(report.period()));
        }
        return json;
    }

    private static void query(ObjectNode json, Query query) {
        json.put("page", query.path()).put("command", query.command());
    }

    private static void integrity(ObjectNode json, Report.Integrity integrity) {
        json.put("intact", integrity.intact());
        texts(json.putArray("problems"), integrity.problems());
        json.put("records", integrity.records()).put("signed", integrity.signed());
        json.put("root", integrity.root()).put("head", integrity.head());
        json.put("key", integrity.key()).put("checkpoint", integrity.checkpoint());
        texts(json.putArray("witnesses"), integrity.witnesses());
    }

    private static void state(ObjectNode json, Report.State state) {
        ArrayNode people = json.putArray("people");
        for (Roster.Person person : state.people()) {
            ObjectNode one = people.addObject();
            one.put("email", person.email()).put("name", person.name());
            texts(one.putArray("roles"), person.roles());
            texts(one.putArray("teams"), person.teams());
            one.put("since", person.since().toString()).put("by", person.by());
        }
        ArrayNode documents = json.putArray("policies");
        for (Roster.Document document : state.documents()) {
            documents
                    .addObject()
                    .put("place", document.place())
                    .put("name", document.name())
                    .put("sha256", document.sha256())
                    .put("since", document.since().toString())
                    .put("by", document.by());
        }
        ArrayNode authority = json.putArray("authority");
        for (Roster.Authority one : state.authority()) {
            authority
                    .addObject()
                    .put("document", one.document())
                    .put("what", one.what())
                    .put("who", one.who())
                    .put("at", one.at());
        }
        json.put("defaults", state.defaults()).put("accepted_files", state.accepted());
    }

    private static void chains(ArrayNode list, Report report) {
        for (Chains.Chain chain : report.chains()) {
            ObjectNode one = list.addObject();
            one.put("id", chain.id()).put("decision", chain.decision());
            one.put("what", chain.what()).put("agent", chain.agent());
            one.put("driver", chain.driver()).put("risk", chain.risk());
            texts(one.putArray("needs"), chain.needs());
            one.put("asked", chain.asked()).put("state", chain.state());
            ArrayNode links = one.putArray("chain");
            for (Chains.Link link : chain.links()) {
                links.addObject()
                        .put("at", link.at().toString())
                        .put("index", link.index())
                        .put("text", link.text())
                        .put("flag", link.flag());
            }
        }
    }

    private static void texts(ArrayNode array, List<String> texts) {
        texts.forEach(array::add);
    }
}

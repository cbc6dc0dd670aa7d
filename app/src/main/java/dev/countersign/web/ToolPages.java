package dev.countersign.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.countersign.api.ToolRoutes;
import dev.countersign.audit.AuditLog.NotRecorded;
import dev.countersign.decision.ToolPins;
import dev.countersign.decision.ToolPins.Pin;
import dev.countersign.decision.ToolPins.State;
import dev.countersign.people.Permission;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What MCP servers say of their tools, and what a person has to accept of it. */
final class ToolPages {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_SHOWN = 50;

    private final Site site;
    private final ToolRoutes tools;

    ToolPages(Site site, ToolRoutes tools) {
        this.site = site;
        this.tools = tools;
    }

    void tools(Visit visit) {
        ToolPins pins = tools.pins();
        List<ToolView> waiting =
                pins.all(Optional.of(State.WAITING)).stream()
                        .limit(MOST_SHOWN)
                        .map(pin -> waiting(pins, pin))
                        .toList();
        site.page(
                visit.response(),
                200,
                "tools",
                Map.of(
                        "frame",
                        site.frame(visit, Texts.say("tool.mcp-tools"), "policies", false),
                        "waiting",
                        waiting,
                        "known",
                        pins.all(Optional.empty()).stream().map(pin -> view(pin, null)).toList(),
                        "mayAccept",
                        visit.person().may(Permission.ACCEPT),
                        "accepted",
                        visit.query("accepted").isPresent()));
    }

    private static ToolView waiting(ToolPins pins, Pin pin) {
        String before =
                pins.of(pin.server(), pin.tool()).stream()
                        .filter(each -> each.state() != State.WAITING)
                        .reduce((_, later) -> later)
                        .map(Pin::definition)
                        .orElse("");
        return view(pin, LineDiff.of(lines(before), lines(pin.definition())));
    }

    private static ToolView view(Pin pin, @Nullable LineDiff change) {
        return new ToolView(
                pin.server(), pin.tool(), pin.state().wire(), pin.sha256(), pin.agent(), change);
    }

    /** A member a line, so that what changed is seen; as it is where it was cut. */
    private static String lines(String json) {
        try {
            return JSON.readTree(json).toPrettyString();
        } catch (JsonProcessingException e) {
            return json;
        }
    }

    void accept(Visit visit) throws NotRecorded {
        tools.accept(
                visit.field("server"), visit.field("tool"), visit.field("sha256"), visit.person());
        visit.redirect("/policies/tools?accepted=yes");
    }
}

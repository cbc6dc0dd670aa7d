package dev.countersign.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import dev.countersign.testing.TestServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Writing policies in a browser, with and without scripts. */
@Tag("browser")
@SuppressWarnings("NullAway.Init")
final class PolicyBrowserTest extends InBrowser {
    @BeforeEach
    void start() throws Exception {
        server = new TestServer();
    }

    private Locator editor() {
        page.waitForSelector(".editor[data-ready]");
        return page.locator(".cm-content");
    }

    private void write(String text) {
        editor().click();
        page.keyboard().press("Control+A");
        page.keyboard().press("Delete");
        page.keyboard().insertText(text);
    }

    @Test
    void anErrorIsMarkedWhereItIsAndGoneWhenMended() {
        signIn();
        page.navigate(server.address() + "/policies/document");
        write("policy: pushes\nrules:\n  - alow: {shell_run: ls}\n");
        assertThat(page.locator(".cm-lintRange-error")).hasText("alow");
        assertThat(page.locator("#problems li")).containsText("line 3, column 5");
        page.locator("#problems li a").click();
        assertThat(editor()).isFocused();
        write("policy: pushes\nrules:\n  - deny: {shell_run: ls}\n");
        assertThat(page.locator("#problems")).containsText("No errors");
        assertThat(page.locator(".cm-lintRange-error")).hasCount(0);
    }

    @Test
    void whatMayStandThereIsSaid() {
        signIn();
        page.navigate(server.address() + "/policies/document");
        write("policy: pushes\n");
        page.keyboard().press("Control+End");
        page.keyboard().type("aut");
        page.keyboard().press("Control+Space");
        assertThat(page.locator(".cm-tooltip-autocomplete")).containsText("autonomy");
        page.waitForTimeout(200);
        page.keyboard().press("Enter");
        page.keyboard().type("par");
        page.keyboard().press("Control+Space");
        assertThat(page.locator(".cm-tooltip-autocomplete")).containsText("partial");
        page.waitForTimeout(200);
        page.keyboard().press("Enter");
        assertThat(editor()).containsText("autonomy: partial");
    }

    @Test
    void aChangeIsSeenAndThenPutInForce() {
        signIn();
        page.navigate(server.address() + "/policies");
        page.locator("#new-policy").click();
        write("policy: pushes\nrules:\n  - allow: {shell_run: \"git push origin topic\"}\n");
        assertThat(page.locator("#put")).isDisabled();
        page.locator(".try summary").click();
        page.locator("#calls").fill("git push origin topic");
        page.locator("#try").click();
        assertThat(page.locator("#tried")).containsText("git push origin topic");
        page.locator("#check").click();
        assertThat(page.locator("#change")).containsText("newly allowed");
        page.locator("#put").click();
        assertThat(page.locator(".notice")).containsText("pushes is in force");
        page.locator("text=pushes").last().click();
        page.locator("#show-history").click();
        assertThat(page.locator("#history")).containsText(TestServer.ANA);
        assertThat(page.locator("#history .plus").first()).hasText("+3");
    }

    @Test
    void whatIsTypedAfterwardsIsLookedAtAgain() {
        signIn();
        page.navigate(server.address() + "/policies/document");
        write("policy: pushes\nrules:\n  - deny: {shell_run: ls}\n");
        page.locator("#check").click();
        assertThat(page.locator("#put")).isEnabled();
        write("policy: pushes\nrules:\n  - allow: {shell_run: \"git push origin topic\"}\n");
        page.locator("#put").click();
        assertThat(page.locator(".problem").first()).containsText("Nothing is in force yet");
        assertThat(page.locator("#change")).containsText("git push origin topic");
    }

    @Test
    void itIsAPlainFormWithoutScripts() {
        signIn(false);
        page.navigate(server.address() + "/policies/document");
        page.locator("#text").fill("policy: pushes\nrules:\n  - alow: {shell_run: ls}\n");
        page.locator("#check").click();
        assertThat(page.locator("#problems li")).containsText("line 3, column 5");
        page.locator("#text").fill("policy: pushes\nrules:\n  - deny: {shell_run: ls}\n");
        page.locator("#check").click();
        assertThat(page.locator("#problems")).containsText("No errors");
        page.locator("#put").click();
        assertThat(page.locator(".notice")).containsText("pushes is in force");
    }

    @Test
    void theEditorIsNoHeavyLoad() {
        signIn();
        page.navigate(server.address() + "/policies/document");
        editor();
        int bytes =
                (int)
                        page.evaluate(
                                "performance.getEntries().reduce((sum, e) => sum +"
                                        + " (e.encodedBodySize ?? 0), 0)");
        assertThat(bytes).isBetween(50_000, 200_000);
    }
}

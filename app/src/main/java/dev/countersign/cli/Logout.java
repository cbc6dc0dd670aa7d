package dev.countersign.cli;

import java.util.Optional;

/** Forgets a sign-in, here and on the server. */
final class Logout implements Command {
    private final Tools tools;

    Logout(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Syntax syntax() {
        return Syntax.of("logout", "Forget the sign-in of this terminal.");
    }

    @Override
    public int run(Given given) {
        ServerClient server = ServerClient.of(Where.of(given, tools.around()));
        SignIns signIns = new SignIns(tools.around());
        Optional<String> token = signIns.token(server.base());
        if (token.isEmpty()) {
            tools.terminal().line("You were not signed in at " + server.base());
            return 0;
        }
        try {
            String id = ServerClient.part(signIns.id(server.base()).orElse(""));
            new ServerClient(server.base(), token.get(), ServerClient.Credential.SIGN_IN)
                    .delete("/v1/tokens/" + id);
        } catch (Failure e) {
            tools.terminal().note("countersign: " + e.text() + "; forgotten here all the same");
        }
        signIns.forget(server.base());
        tools.terminal().line("Signed out of " + server.base());
        return 0;
    }
}

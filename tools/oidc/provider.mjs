// A real OpenID provider (oidc-provider, certified) for the tests: node provider.mjs PORT REDIRECT_URI
// SKEW_SECONDS puts its clock ahead. Prints `ready` when it answers.
import Provider from "oidc-provider";

const skew = Number(process.env.SKEW_SECONDS ?? "0") * 1000;
const now = Date.now;
Date.now = () => now() + skew;

const [port, back] = process.argv.slice(2);
const person = (email, groups, more = {}) => ({ email, email_verified: true, name: email.split("@")[0], groups, ...more });
const accounts = {
  ana: person("Ana@example.com", ["engineering", "maintainers"]),
  bo: person("bo@example.com", ["engineering"]),
  promoted: person("bo2@example.com", ["maintainers"]),
  nobody: person("nobody@example.com", ["guests"]),
  unverified: person("carl@example.com", ["engineering"], { email_verified: false }),
  silent: person("dora@example.com", ["engineering"], { email_verified: undefined }),
  stranger: person("eve@elsewhere.example", ["engineering"]),
  owner: person("owner@example.com", ["engineering"]),
};
const client = (client_id) => ({ client_id, client_secret: "a secret for the tests only, and long", redirect_uris: [back] });
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [client("countersign"), client("other")],
  pkce: { methods: ["S256"], required: () => true },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups"] },
  findAccount: (_, id) => accounts[id] && { accountId: id, claims: () => ({ sub: id, ...accounts[id] }) },
  ttl: { IdToken: 60 },
  features: { devInteractions: { enabled: true } },
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));

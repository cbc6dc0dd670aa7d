// Shows what this server tells its person, and leads to the page where it is answered. It sees no
// other request of any page: it is registered for its own folder.
"use strict";
self.addEventListener("push", (event) => {
  let said = {};
  try {
    said = event.data.json();
  } catch {
    // Whatever came, a browser wants to see that something is shown.
  }
  event.waitUntil(self.registration.showNotification(String(said.title ?? "Countersign"), {
    body: String(said.body ?? "Open to read and answer."),
    tag: String(said.tag ?? "countersign"),
    renotify: true,
    icon: "/static/icon.svg",
    data: { url: String(said.url ?? "/") },
  }));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  // Only to this server, whoever may have written the message.
  const to = new URL(event.notification.data?.url ?? "/", self.location.origin);
  const url = self.location.origin + to.pathname;
  event.waitUntil((async () => {
    const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const page = pages.find((each) => new URL(each.url).pathname === to.pathname);
    return page ? page.focus() : self.clients.openWindow(url);
  })());
});

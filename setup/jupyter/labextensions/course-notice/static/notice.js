// What a hub has to tell a student, as a notification that stays until it is closed.
(() => {
  const message = JSON.parse(document.getElementById("jupyter-config-data").textContent).courseNotice;

  const plugin = {
    id: "course-notice:plugin",
    autoStart: true,
    // Not awaited: the restoring waits for every plugin.
    activate: ({ commands, restored }) =>
      void restored.then(() => {
        if (message)
          commands.execute("apputils:notify", {
            message,
            type: message.includes("✗") ? "error" : "info",
            options: { autoClose: false },
          });
      }),
  };

  // What webpack would build of it.
  window._JUPYTERLAB = { ...window._JUPYTERLAB };
  window._JUPYTERLAB["course-notice"] = { init() {}, get: async () => () => plugin };
})();

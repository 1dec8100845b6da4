// Runs in a page before its scripts: notes in window.__prompts each prompt of a try as it arrives, with how long the page
// took to show its task.
export function watchPrompts() {
    window.__prompts = [];
    const shown = (task) => document.querySelector('[data-testid="prompt"]')?.dataset.task === task;
    const note = (prompt) => {
        const entry = { ...prompt, at_ms: performance.now(), shown_ms: null };
        window.__prompts.push(entry);
        if (prompt.state !== "task") return;
        const look = () => {
            if (shown(prompt.task)) entry.shown_ms = performance.now() - entry.at_ms;
            else if (performance.now() - entry.at_ms < 2000) requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
    };
    window.WebSocket = class extends WebSocket {
        constructor(...parameters) {
            super(...parameters);
            this.addEventListener("message", ({ data }) => {
                const { method, params } = JSON.parse(data);
                if (method !== "facecheck.prompt") return;
                if (window.__prompts.some((other) => other.try_id !== params.try_id)) window.__prompts = [];
                note(params);
            });
        }
    };
}

import { type Signal, signal } from "@preact/signals";

/** Counts how often the page changed between light and dark: what is drawn on a canvas must be drawn anew. */
export const themeChanged: Signal<number> = signal(0);

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => themeChanged.value++);

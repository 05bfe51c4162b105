// What the bundler provides beyond TypeScript.
/// <reference types="vite/client" />

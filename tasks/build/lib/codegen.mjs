/**
 * What `cargo rustc` passes to the compiler of a release, for the crate in which everything is linked together:
 * less is inlined than usual. Measured in `docs/decisions/size.md`.
 */
export const CODEGEN = ['-Cllvm-args=--inline-threshold=80'];

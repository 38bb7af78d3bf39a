//! Criterion over the pure parts: `cargo bench --manifest-path tasks/bench/Cargo.toml`.

use criterion::Criterion;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    for (name, part) in bench_engine::all() {
        criterion.bench_function(name, |bencher| bencher.iter(&part));
    }
    criterion.final_summary();
}

//! Runs one pure part a given number of times, for callgrind: `part <name> <times>`. Without arguments
//! it prints the names.

fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(wanted) = arguments.next() else {
        for (name, _) in bench_engine::all() {
            println!("{name}");
        }
        return;
    };
    let times: u32 = arguments
        .next()
        .and_then(|n| n.parse().ok())
        .expect("how many times");
    let parts = bench_engine::all();
    let (_, part) = parts
        .iter()
        .find(|(name, _)| *name == wanted)
        .expect("a part's name");
    for _ in 0..times {
        part();
    }
}

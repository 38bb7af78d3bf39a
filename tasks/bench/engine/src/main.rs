//! Our engine without JavaScript, for the bench and its guard.
//!
//! `bench-engine` pays as a contestant; `bench-engine parts` names the pure parts; `bench-engine <part>
//! <times>` runs one of them that often, for callgrind.

mod payments;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let Some(wanted) = arguments.next() else {
        return payments::serve();
    };
    let parts = bench_engine::all();
    if wanted == "parts" {
        parts.iter().for_each(|(name, _)| println!("{name}"));
        return Ok(());
    }
    let times: u32 = arguments.next().ok_or("how many times?")?.parse()?;
    let (_, part) = parts
        .iter()
        .find(|(name, _)| *name == wanted)
        .ok_or("no such part")?;
    (0..times).for_each(|_| part());
    Ok(())
}

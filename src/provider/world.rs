//! Which of a gateway's worlds, its sandbox or its live API, the configured addresses belong to.
#![forbid(unsafe_code)]

use crate::http::base_url::BaseUrl;
use crate::model::error::Error;

use super::{Gateway, Place, World};

/// Tells the world that the gateway's addresses belong to; `None` where no host of theirs is known. Refuses addresses
/// at which no API can answer, and those of two worlds together.
pub fn of(gateway: &dyn Gateway) -> Result<Option<World>, Error> {
    let brand = gateway.provider().brand();
    let addresses = gateway.addresses();
    let known: Vec<_> = addresses
        .iter()
        .filter_map(|(key, url)| Some((*key, *url, place(gateway, url)?)))
        .collect();
    let mut broken: Vec<String> = known
        .iter()
        .filter_map(|(key, url, place)| rule(key, url, place))
        .collect();
    if let [(key, _, place), others @ ..] = known.as_slice()
        && let Some((other_key, _, other)) = others.iter().find(|(.., o)| o.world != place.world)
    {
        broken.push(format!(
            "{key} leads to {brand}'s {} and {other_key} to its {}: both must lead to one",
            place.world.api(),
            other.world.api()
        ));
    }
    match broken.is_empty() {
        true => Ok(known.first().map(|(.., place)| place.world)),
        false => Err(Error::invalid_config(format!(
            "{}. Nothing was sent.",
            broken.join("; ")
        ))),
    }
}

/// What a refusal of the credentials may come from, in words; `None` where the world is not known.
pub fn hint(gateway: &dyn Gateway, world: Option<World>) -> Option<String> {
    let world = world?;
    let brand = gateway.provider().brand();
    let host = gateway.base().host();
    let mut places = gateway.facts().places.iter();
    let other = places.find(|place| place.world != world);
    Some(match other {
        Some(other) => format!(
            "{host} is {brand}'s {}, where {} keys are refused: check that the keys and baseUrl belong together.",
            world.api(),
            other.world.name()
        ),
        None => format!(
            "{host} is {brand}'s {}, and no other is known.",
            world.api()
        ),
    })
}

fn place(gateway: &dyn Gateway, url: &BaseUrl) -> Option<&'static Place> {
    let mut places = gateway.facts().places.iter();
    places.find(|place| place.host == url.host())
}

/// The rule that an address at a known host breaks.
fn rule(key: &str, url: &BaseUrl, place: &Place) -> Option<String> {
    let Place {
        host,
        path,
        key: own,
        ..
    } = place;
    let is = url.join("");
    if key != *own {
        return Some(format!("{key} is {is}, whose host belongs in {own}"));
    }
    (url.path() != *path).then(|| format!("{key} is {is}, where it must be https://{host}{path}"))
}

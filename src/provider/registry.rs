//! The one place that knows every gateway.
#![forbid(unsafe_code)]

use crate::config::Options;
use crate::model::error::Error;
use crate::model::provider::Provider;

use super::Gateway;
use super::azampay::Azampay;
use super::clickpesa::Clickpesa;
use super::pesapal::Pesapal;

/// The gateway of `provider` that `options` configure.
pub fn gateway(provider: Provider, options: &Options) -> Result<Box<dyn Gateway>, Error> {
    options.check_required(provider)?;
    Ok(match provider {
        Provider::Pesapal => Box::new(Pesapal::new(options)?),
        Provider::Clickpesa => Box::new(Clickpesa::new(options)?),
        Provider::Azampay => Box::new(Azampay::new(options)?),
    })
}

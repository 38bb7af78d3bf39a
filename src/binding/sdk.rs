//! The class `FintechSDK` and what `index.js` needs to make it whole.
//!
//! A method reads its arguments here, on the JavaScript thread, and hands a future to the I/O thread.
//! Nothing but `new` throws synchronously.

use std::ffi::CString;
use std::panic;
use std::sync::atomic::Ordering;

use napi::bindgen_prelude::{This, ToNapiValue, TypeName, Unknown, ValidateNapiValue, ValueType};
use napi::{Env, JsValue, Status, sys};
use napi_derive::napi;

use crate::config::Options;
use crate::error::{Error, Operation};
use crate::provider::Provider;
use crate::sdk::{PANIC_NEXT_CALL, Sdk};
use crate::secret::Secret;

use super::completions::Settled;
use super::environment::{Environment, Refusal};
use super::errors;
use super::js::{Js, Kind, Thrown, Value};

/// A promise on its way out.
pub struct Promise(Value);

impl ToNapiValue for Promise {
    unsafe fn to_napi_value(_: sys::napi_env, promise: Self) -> napi::Result<sys::napi_value> {
        Ok(promise.0)
    }
}

impl TypeName for Promise {
    fn type_name() -> &'static str {
        "Promise"
    }
    fn value_type() -> ValueType {
        ValueType::Object
    }
}

impl ValidateNapiValue for Promise {}

/// One mobile-money gateway.
///
/// The object keeps a pool of connections and an access token, so make one per gateway and keep it.
///
/// ```ts
/// import { FintechSDK } from 'finconnect';
///
/// const sdk = new FintechSDK({
///   provider: 'azampay',
///   config: {
///     baseUrl: process.env.AZAMPAY_BASE_URL || 'https://sandbox.azampay.co.tz',
///     AZAMPAY_APP_NAME: process.env.AZAMPAY_APP_NAME,
///     AZAMPAY_CONSUMER_KEY: process.env.AZAMPAY_CLIENT_ID,
///     AZAMPAY_CONSUMER_SECRET: process.env.AZAMPAY_API_KEY,
///   },
/// });
/// ```
#[napi(js_name = "FintechSDK")]
pub struct FintechSDK {
    sdk: Sdk,
}

#[napi]
impl FintechSDK {
    /// Throws a `FinConnectError` with code `INVALID_CONFIG` when a required key is missing
    /// (`Invalid configuration: Missing required fields for Pesapal.`), a value is not usable, or the
    /// provider is unknown (`Unsupported provider type: …`). Nothing is sent.
    #[napi(constructor, catch_unwind, ts_args_type = "options: FintechSDKOptions")]
    pub fn new(env: Env, this: This, options: Unknown) -> napi::Result<Self> {
        let js = Js::new(env.raw());
        if js.is_global(this.object.raw()) {
            let words = "Class constructor FintechSDK cannot be invoked without 'new'";
            js.throw_type_error(words);
            return Err(thrown_already());
        }
        match construct(js, options.raw()) {
            Ok(sdk) => Ok(Self { sdk }),
            Err(Refusal {
                cause: Some(exception),
                ..
            }) => Err(thrown(js, Thrown(Some(exception)))),
            Err(Refusal { error: mut why, .. }) => {
                why.operation = Some(Operation::Constructor);
                let Some(environment) = Environment::of(js) else {
                    return Err(thrown(js, Thrown(None)));
                };
                let error = environment.new_error(js).map_err(|e| thrown(js, e))?;
                errors::fill(&environment, js, error, &why);
                Err(thrown(js, Thrown(Some(error))))
            }
        }
    }

    /// Asks the gateway for a payment.
    ///
    /// `paymentData` goes out as `JSON.stringify` writes it, in the gateway's own field names. PesaPal
    /// opens an order for its hosted page (send the customer to `redirect_url`); ClickPesa and AzamPay
    /// send a USSD push to the customer's phone. The promise resolves with the gateway's answer as
    /// `JSON.parse` reads it. Accepted is not paid: the result comes with the IPN, webhook or callback.
    ///
    /// `ipnId` is for PesaPal: the id from `registerIpn()`, sent as `notification_id`. It wins over
    /// the one in `paymentData`; without either the call is refused before anything is sent.
    ///
    /// Rejects with a `FinConnectError` whose `outcome` says whether the payment may have been made.
    /// A request that may have reached the gateway is never sent again.
    #[napi(
        catch_unwind,
        ts_args_type = "paymentData: any, ipnId?: string",
        ts_return_type = "Promise<any>"
    )]
    pub fn pay(&self, env: Env, payment_data: Unknown, ipn_id: Unknown) -> napi::Result<Promise> {
        let (js, payment_data, ipn_id) = (Js::new(env.raw()), payment_data.raw(), ipn_id.raw());
        let sdk = self.sdk.clone();
        submit(js, Operation::Pay, self.sdk.provider(), |environment| {
            let payment = json_of(js, environment, payment_data)?;
            let ipn_id = match (sdk.provider(), js.kind(ipn_id)) {
                (Provider::Pesapal, Kind::String) => Some(js.text(ipn_id)?),
                (Provider::Pesapal, Kind::Nullish) => None,
                (Provider::Pesapal, _) => {
                    return Err(Error::invalid_request(
                        "ipnId must be a string. Nothing was sent.",
                    )
                    .into());
                }
                _ => None,
            };
            let call = async move { sdk.pay(payment, ipn_id).await.map(Settled::Json) };
            Ok((call, None))
        })
    }

    /// Registers `url` for PesaPal's instant payment notifications, which come as `'GET'` (default) or
    /// `'POST'` requests, and resolves with the IPN id to pass to `pay()`. Each call makes a new id:
    /// register once and keep it.
    ///
    /// Other gateways reject with `IPN registration not supported by this provider`.
    #[napi(
        catch_unwind,
        ts_args_type = "url: string, type?: 'GET' | 'POST'",
        ts_return_type = "Promise<string>"
    )]
    pub fn register_ipn(&self, env: Env, url: Unknown, kind: Unknown) -> napi::Result<Promise> {
        let (js, url, kind) = (Js::new(env.raw()), url.raw(), kind.raw());
        let sdk = self.sdk.clone();
        submit(js, Operation::RegisterIpn, self.sdk.provider(), |_| {
            // What is not a string cannot be a URL; the gateway's own rule says so.
            let text = |value| match js.kind(value) {
                Kind::String => js.text(value),
                _ => Ok(String::new()),
            };
            let kind = match js.kind(kind) {
                Kind::Nullish => "GET".to_owned(),
                _ => text(kind)?,
            };
            let url = text(url)?;
            let call = async move { sdk.register_ipn(url, kind).await.map(Settled::Text) };
            Ok((call, None))
        })
    }

    /// Whether a callback's signature is the gateway's. AzamPay only, for now.
    ///
    /// `body` is the parsed object, a JSON string or a Buffer. Resolves with `{ isValid, data }`;
    /// `data` is what came in, parsed. A callback that is unsigned, or signed by someone else, is
    /// `isValid: false`. AzamPay's signature covers `utilityref`, `externalreference`,
    /// `transactionstatus` and `operator`, not the amount: compare the amount with your order.
    ///
    /// Rejects when AzamPay's public key cannot be fetched, so that you can answer 500 and be called
    /// again. Other gateways reject with `Callback handling not supported by this provider`.
    #[napi(
        catch_unwind,
        ts_args_type = "body: any",
        ts_return_type = "Promise<CallbackResult>"
    )]
    pub fn handle_callback(&self, env: Env, body: Unknown) -> napi::Result<Promise> {
        let (js, body) = (Js::new(env.raw()), body.raw());
        let sdk = self.sdk.clone();
        submit(
            js,
            Operation::HandleCallback,
            self.sdk.provider(),
            |environment| {
                let (text, data) = callback_body(js, environment, body)?;
                let holder = js.object()?;
                js.set(holder, c"data", data)?;
                let call = async move { sdk.verify_callback(text).await.map(Settled::Verified) };
                Ok((call, Some(holder)))
            },
        )
    }
}

/// Hands over the class that rejections are made of, which Rust cannot define. For `index.js`.
#[napi(skip_typescript, catch_unwind)]
pub fn set_error_class(env: Env, error_class: Unknown) -> napi::Result<()> {
    // A panic rejects the call that met it; the library prints nothing.
    panic::set_hook(Box::new(|_| {}));
    // The I/O thread outlives a worker that was the first to load this image.
    napi::bindgen_prelude::retain_current_module_for_unload_safety();
    let js = Js::new(env.raw());
    Environment::open(js, error_class.raw()).map_err(|e| thrown(js, e))
}

/// Makes the next call panic. For the test that a defect costs one call; `index.js` hides it.
#[napi(skip_typescript, catch_unwind)]
pub fn panic_next_call() {
    PANIC_NEXT_CALL.store(true, Ordering::Relaxed);
}

fn submit<F>(
    js: Js,
    operation: Operation,
    provider: Provider,
    prepare: impl FnOnce(&Environment) -> Result<(F, Option<Value>), Refusal>,
) -> napi::Result<Promise>
where
    F: Future<Output = Result<Settled, Error>> + Send + 'static,
{
    let Some(environment) = Environment::of(js) else {
        return Err(thrown(js, Thrown(None)));
    };
    let promise = environment.submit(js, operation, provider, prepare);
    promise.map(Promise).map_err(|e| thrown(js, e))
}

/// Throws what the engine threw, or that the environment is ending.
fn thrown(js: Js, Thrown(exception): Thrown) -> napi::Error {
    match exception {
        Some(exception) => {
            js.throw(exception);
            thrown_already()
        }
        None => napi::Error::new(
            Status::GenericFailure,
            "finconnect: this environment is ending",
        ),
    }
}

/// Tells napi to leave the pending exception as it is.
fn thrown_already() -> napi::Error {
    napi::Error::new(Status::PendingException, String::new())
}

fn construct(js: Js, options: Value) -> Result<Sdk, Refusal> {
    let option = |name| match js.kind(options) {
        Kind::Object => js.get(options, name),
        _ => js.undefined(),
    };
    let named = option(c"provider")?;
    let name = js.text(named)?;
    let provider = Provider::from_name(&name).ok_or_else(|| {
        Error::new(
            crate::error::Code::InvalidConfig,
            format!("Unsupported provider type: {name}"),
        )
    })?;
    let refuse = |error: Error| {
        Refusal::from(Error {
            provider: Some(provider),
            ..error
        })
    };
    let mut read = Options::default();
    let config = option(c"config")?;
    if js.kind(config) == Kind::Object {
        let keys = provider.keys();
        for key in keys.required.iter().chain(keys.optional) {
            let value = js.get(config, &CString::new(*key).unwrap_or_default())?;
            match js.kind(value) {
                Kind::Nullish => {}
                Kind::String => {
                    read.config.insert(key, Secret::new(js.text(value)?));
                }
                _ => {
                    return Err(refuse(Error::invalid_config(format!(
                        "{key} must be a string."
                    ))));
                }
            }
        }
    }
    let timeout = option(c"timeoutMs")?;
    read.timeout_ms = match js.kind(timeout) {
        Kind::Nullish => None,
        Kind::Number => Some(js.as_number(timeout)?),
        _ => Some(f64::NAN),
    };
    read.allow_insecure_http = js.is_true(option(c"allowInsecureHttp")?);
    Sdk::new(provider, &read).map_err(refuse)
}

/// The payment as JSON text; what has none is refused as the engine words it.
fn json_of(js: Js, environment: &Environment, value: Value) -> Result<String, Refusal> {
    match environment.stringify(js, value) {
        Ok(text) => Ok(text.unwrap_or_default()),
        Err(Thrown(cause)) => {
            let words = cause.and_then(|exception| {
                let message = match js.kind(exception) {
                    Kind::Object => js.get(exception, c"message").ok()?,
                    _ => exception,
                };
                js.text(message).ok()
            });
            let words = words.unwrap_or_else(|| "it cannot be written as JSON".to_owned());
            let message = format!(
                "paymentData: {}. Nothing was sent.",
                words.trim_end_matches('.')
            );
            Err(Refusal {
                error: Error::invalid_request(message),
                cause,
            })
        }
    }
}

/// A callback body as JSON text for the core and as the value that its sender meant.
fn callback_body(
    js: Js,
    environment: &Environment,
    body: Value,
) -> Result<(String, Value), Refusal> {
    let text = match js.kind(body) {
        Kind::String => Some(js.text(body)?),
        Kind::Object => js
            .bytes(body)
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
        _ => None,
    };
    Ok(match text {
        Some(text) => match environment.parse(js, &text) {
            Ok(data) => (text, data),
            Err(_) => (String::new(), js.string(&text)?),
        },
        // What cannot be written as JSON was never a callback: the core finds no signature in it.
        None => (
            environment
                .stringify(js, body)
                .ok()
                .flatten()
                .unwrap_or_default(),
            body,
        ),
    })
}

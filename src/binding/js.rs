//! The few Node-API calls the binding makes by hand, each checked, none panicking.
//!
//! Every function here runs on the JavaScript thread that owns the environment: `Js` holds a raw
//! pointer, is neither `Send` nor `Sync`, and is only made where Node-API calls us. That is what each `unsafe`
//! block below relies on.

use std::ffi::{CStr, CString};
use std::ptr;

use napi::{Status, sys};

pub type Value = sys::napi_value;
pub type Reference = sys::napi_ref;

/// A call into the engine that failed, with the exception when there is one.
#[derive(Debug)]
pub struct Thrown(pub Option<Value>);

impl Thrown {
    /// Throws it again, or says that the environment is ending.
    pub fn raise(self, js: Js) -> napi::Error {
        match self.0 {
            Some(exception) => {
                js.throw(exception);
                Self::already()
            }
            None => napi::Error::new(
                Status::GenericFailure,
                "finconnect: this environment is ending",
            ),
        }
    }

    /// Tells napi to leave the pending exception as it is.
    pub fn already() -> napi::Error {
        napi::Error::new(Status::PendingException, String::new())
    }
}

type Result<T> = std::result::Result<T, Thrown>;

/// Calls `sys::$function` with the environment, the arguments, and a pointer to a local, whose value it gives. The
/// arguments are handles of the environment, numbers, and pointers into what the caller has borrowed.
macro_rules! made {
    ($js:expr, $function:ident($($argument:expr),*), $empty:expr) => {{
        let mut made = $empty;
        // SAFETY: see the module's head; the function writes to `made` only.
        let status = unsafe { sys::$function($js.0, $($argument,)* &mut made) };
        $js.check(status, made)
    }};
}

/// Calls `sys::$function` with the environment and the arguments, and gives its status.
macro_rules! status {
    ($js:expr, $function:ident($($argument:expr),*)) => {
        // SAFETY: see the module's head.
        unsafe { sys::$function($js.0, $($argument),*) }
    };
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    Nullish,
    Boolean,
    Number,
    String,
    Object,
    Function,
    Other,
}

/// Bytes that hold most payments and callbacks.
const USUAL_TEXT: usize = 1024;

fn into_text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|wrong| String::from_utf8_lossy(wrong.as_bytes()).into_owned())
}

/// One JavaScript environment, for the length of a call from it.
#[derive(Clone, Copy)]
pub struct Js(sys::napi_env);

impl Js {
    pub fn new(env: sys::napi_env) -> Self {
        Self(env)
    }

    pub fn raw(self) -> sys::napi_env {
        self.0
    }

    /// Turns a status into a result, taking a pending exception with it.
    fn check<T>(self, status: sys::napi_status, value: T) -> Result<T> {
        if status == sys::Status::napi_ok {
            return Ok(value);
        }
        let mut pending = false;
        let mut exception = ptr::null_mut();
        // SAFETY: see the module's head.
        unsafe {
            sys::napi_is_exception_pending(self.0, &mut pending);
            if pending {
                sys::napi_get_and_clear_last_exception(self.0, &mut exception);
            }
        }
        Err(Thrown((!exception.is_null()).then_some(exception)))
    }

    pub fn kind(self, value: Value) -> ValueKind {
        match self.type_of(value) {
            sys::ValueType::napi_undefined | sys::ValueType::napi_null => ValueKind::Nullish,
            sys::ValueType::napi_boolean => ValueKind::Boolean,
            sys::ValueType::napi_number => ValueKind::Number,
            sys::ValueType::napi_string => ValueKind::String,
            sys::ValueType::napi_object => ValueKind::Object,
            sys::ValueType::napi_function => ValueKind::Function,
            _ => ValueKind::Other,
        }
    }

    pub fn is_undefined(self, value: Value) -> bool {
        self.type_of(value) == sys::ValueType::napi_undefined
    }

    fn type_of(self, value: Value) -> sys::napi_valuetype {
        made!(self, napi_typeof(value), -1).unwrap_or(-1)
    }

    pub fn undefined(self) -> Result<Value> {
        made!(self, napi_get_undefined(), ptr::null_mut())
    }

    pub fn global(self) -> Result<Value> {
        made!(self, napi_get_global(), ptr::null_mut())
    }

    pub fn number(self, number: f64) -> Result<Value> {
        made!(self, napi_create_double(number), ptr::null_mut())
    }

    /// A number of something that there are few of.
    pub fn count(self, count: usize) -> Result<Value> {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        made!(self, napi_create_uint32(count), ptr::null_mut())
    }

    /// A list of such numbers.
    pub fn counts(self, counts: impl Iterator<Item = usize>) -> Result<Value> {
        let list = made!(self, napi_create_array(), ptr::null_mut())?;
        for (index, count) in (0..).zip(counts) {
            let status = status!(self, napi_set_element(list, index, self.count(count)?));
            self.check(status, ())?;
        }
        Ok(list)
    }

    pub fn string(self, text: &str) -> Result<Value> {
        let (start, length) = (text.as_ptr().cast(), text.len() as isize);
        made!(
            self,
            napi_create_string_utf8(start, length),
            ptr::null_mut()
        )
    }

    /// The text of a string value; of another value what `String(value)` gives.
    pub fn text(self, value: Value) -> Result<String> {
        let value = match self.kind(value) {
            ValueKind::String => value,
            _ => {
                let global = self.global()?;
                self.call(global, self.get(global, c"String")?, &[value])?
            }
        };
        // Most texts fit at once, which saves the engine a pass to learn their length.
        let mut buffer = vec![0; USUAL_TEXT];
        let mut length = self.copy(value, &mut buffer)?;
        // A text that was cut ends at most a character before the terminator.
        if length + 4 >= buffer.len() {
            buffer = vec![0; self.copy(value, &mut [])? + 1];
            length = self.copy(value, &mut buffer)?;
        }
        buffer.truncate(length);
        Ok(into_text(buffer))
    }

    /// Copies as much of a string value as fits, and a terminator. Gives its length; of the whole text when `buffer`
    /// is empty.
    fn copy(self, value: Value, buffer: &mut [u8]) -> Result<usize> {
        let start = match buffer.is_empty() {
            true => ptr::null_mut(),
            false => buffer.as_mut_ptr().cast(),
        };
        made!(
            self,
            napi_get_value_string_utf8(value, start, buffer.len()),
            0
        )
    }

    pub fn as_number(self, value: Value) -> Result<f64> {
        made!(self, napi_get_value_double(value), 0.0)
    }

    pub fn is_true(self, value: Value) -> bool {
        made!(self, napi_get_value_bool(value), false).unwrap_or(false)
    }

    /// The bytes of a Buffer or another Uint8Array, copied.
    pub fn bytes(self, value: Value) -> Option<Vec<u8>> {
        if !made!(self, napi_is_typedarray(value), false).ok()? {
            return None;
        }
        let (mut kind, mut length, mut start) = (0, 0, ptr::null_mut());
        let (buffer, offset) = (ptr::null_mut(), ptr::null_mut());
        let status = status!(
            self,
            napi_get_typedarray_info(value, &mut kind, &mut length, &mut start, buffer, offset)
        );
        if status != sys::Status::napi_ok || kind != sys::TypedarrayType::uint8_array {
            return None;
        }
        if length == 0 || start.is_null() {
            return Some(Vec::new());
        }
        // SAFETY: the engine says that `length` bytes lie at `start`; nothing runs before they are copied.
        Some(unsafe { std::slice::from_raw_parts(start.cast::<u8>(), length) }.to_vec())
    }

    pub fn get(self, object: Value, name: &CStr) -> Result<Value> {
        made!(
            self,
            napi_get_named_property(object, name.as_ptr()),
            ptr::null_mut()
        )
    }

    /// Whether `name in object`.
    pub fn has(self, object: Value, name: &CStr) -> bool {
        made!(self, napi_has_named_property(object, name.as_ptr()), false).unwrap_or(false)
    }

    /// The names of an object's own members, but for symbols and what is not enumerable.
    pub fn own_names(self, object: Value) -> Result<Vec<String>> {
        let mode = sys::KeyCollectionMode::own_only;
        let filter = sys::KeyFilter::enumerable | sys::KeyFilter::skip_symbols;
        let conversion = sys::KeyConversion::numbers_to_strings;
        let names = made!(
            self,
            napi_get_all_property_names(object, mode, filter, conversion),
            ptr::null_mut()
        )?;
        let names = self.list(names).unwrap_or_default().into_iter();
        names.map(|name| self.text(name)).collect()
    }

    /// The elements of an array; `None` for anything else.
    pub fn list(self, value: Value) -> Option<Vec<Value>> {
        if !made!(self, napi_is_array(value), false).ok()? {
            return None;
        }
        let length = made!(self, napi_get_array_length(value), 0).unwrap_or(0);
        let element = |index| made!(self, napi_get_element(value, index), ptr::null_mut()).ok();
        Some((0..length).map_while(element).collect())
    }

    pub fn call(self, this: Value, function: Value, arguments: &[Value]) -> Result<Value> {
        let (count, arguments) = (arguments.len(), arguments.as_ptr());
        made!(
            self,
            napi_call_function(this, function, count, arguments),
            ptr::null_mut()
        )
    }

    pub fn throw(self, error: Value) {
        let _ = status!(self, napi_throw(error));
    }

    pub fn throw_type_error(self, words: &str) {
        let words = CString::new(words).unwrap_or_default();
        let no_code = ptr::null();
        let _ = status!(self, napi_throw_type_error(no_code, words.as_ptr()));
    }

    /// Whether a constructor's receiver is the global object: it was called without `new`.
    pub fn is_global(self, this: Value) -> bool {
        let same = |global| made!(self, napi_strict_equals(this, global), false);
        self.global().and_then(same).unwrap_or(false)
    }

    /// Keeps an object alive until [`Js::release`].
    pub fn keep(self, object: Value) -> Result<Reference> {
        made!(self, napi_create_reference(object, 1), ptr::null_mut())
    }

    /// References are deleted only by `release`, which takes them.
    pub fn kept(self, reference: Reference) -> Result<Value> {
        made!(self, napi_get_reference_value(reference), ptr::null_mut())
    }

    pub fn release(self, reference: Reference) {
        let _ = status!(self, napi_delete_reference(reference));
    }

    /// Runs `body` in a handle scope of its own, so that a long batch does not pile up handles.
    pub fn scoped(self, body: impl FnOnce()) {
        let scope = made!(self, napi_open_handle_scope(), ptr::null_mut());
        // It catches its own panics, so that the scopes close in order.
        body();
        if let Ok(scope) = scope {
            let _ = status!(self, napi_close_handle_scope(scope));
        }
    }
}

//! The few Node-API calls the binding makes by hand, each checked, none panicking.
//!
//! Every function here runs on the JavaScript thread that owns the environment: `Js` holds a raw
//! pointer, is neither `Send` nor `Sync`, and is only made where Node-API calls us. That, and valid
//! out-pointers to locals, is what each `unsafe` block below relies on.

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

type Outcome<T> = Result<T, Thrown>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
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
    fn check<T>(self, status: sys::napi_status, value: T) -> Outcome<T> {
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

    fn made(
        self,
        make: impl FnOnce(sys::napi_env, *mut Value) -> sys::napi_status,
    ) -> Outcome<Value> {
        let mut value = ptr::null_mut();
        let status = make(self.0, &mut value);
        self.check(status, value)
    }

    pub fn kind(self, value: Value) -> Kind {
        let mut kind = -1;
        // SAFETY: see the module's head.
        unsafe { sys::napi_typeof(self.0, value, &mut kind) };
        match kind {
            sys::ValueType::napi_undefined | sys::ValueType::napi_null => Kind::Nullish,
            sys::ValueType::napi_boolean => Kind::Boolean,
            sys::ValueType::napi_number => Kind::Number,
            sys::ValueType::napi_string => Kind::String,
            sys::ValueType::napi_object => Kind::Object,
            sys::ValueType::napi_function => Kind::Function,
            _ => Kind::Other,
        }
    }

    pub fn is_undefined(self, value: Value) -> bool {
        let mut kind = -1;
        // SAFETY: see the module's head.
        unsafe { sys::napi_typeof(self.0, value, &mut kind) };
        kind == sys::ValueType::napi_undefined
    }

    pub fn undefined(self) -> Outcome<Value> {
        // SAFETY: see the module's head.
        self.made(|env, value| unsafe { sys::napi_get_undefined(env, value) })
    }

    pub fn global(self) -> Outcome<Value> {
        // SAFETY: see the module's head.
        self.made(|env, value| unsafe { sys::napi_get_global(env, value) })
    }

    pub fn number(self, number: f64) -> Outcome<Value> {
        // SAFETY: see the module's head.
        self.made(|env, value| unsafe { sys::napi_create_double(env, number, value) })
    }

    /// A number of something that there are few of.
    pub fn count(self, count: usize) -> Outcome<Value> {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        // SAFETY: see the module's head.
        self.made(|env, value| unsafe { sys::napi_create_uint32(env, count, value) })
    }

    /// A list of such numbers.
    pub fn counts(self, counts: impl Iterator<Item = usize>) -> Outcome<Value> {
        // SAFETY: see the module's head.
        let list = self.made(|env, value| unsafe { sys::napi_create_array(env, value) })?;
        for (index, count) in (0..).zip(counts) {
            let count = self.count(count)?;
            // SAFETY: see the module's head.
            let status = unsafe { sys::napi_set_element(self.0, list, index, count) };
            self.check(status, ())?;
        }
        Ok(list)
    }

    pub fn string(self, text: &str) -> Outcome<Value> {
        // SAFETY: pointer and length describe `text`.
        self.made(|env, value| unsafe {
            sys::napi_create_string_utf8(env, text.as_ptr().cast(), text.len() as isize, value)
        })
    }

    /// The text of a string value; of another value what `String(value)` gives.
    pub fn text(self, value: Value) -> Outcome<String> {
        let value = match self.kind(value) {
            Kind::String => value,
            _ => {
                let global = self.global()?;
                self.call(global, self.get(global, c"String")?, &[value])?
            }
        };
        // Most texts fit at once, which saves the engine a pass to learn their length.
        let mut buffer = vec![0_u8; USUAL_TEXT];
        let mut length = 0;
        // SAFETY: the buffer holds as much as is said, terminator included.
        let status = unsafe {
            let start = buffer.as_mut_ptr().cast();
            sys::napi_get_value_string_utf8(self.0, value, start, buffer.len(), &mut length)
        };
        self.check(status, ())?;
        // A text that was cut ends at most a character before the terminator.
        if length + 4 < buffer.len() {
            buffer.truncate(length);
            return Ok(into_text(buffer));
        }
        // SAFETY: a null buffer asks for the length.
        let status = unsafe {
            sys::napi_get_value_string_utf8(self.0, value, ptr::null_mut(), 0, &mut length)
        };
        self.check(status, ())?;
        let mut buffer = vec![0_u8; length + 1];
        // SAFETY: the buffer holds `length` bytes and the terminator.
        let status = unsafe {
            let start = buffer.as_mut_ptr().cast();
            sys::napi_get_value_string_utf8(self.0, value, start, buffer.len(), &mut length)
        };
        self.check(status, ())?;
        buffer.truncate(length);
        Ok(into_text(buffer))
    }

    pub fn as_number(self, value: Value) -> Outcome<f64> {
        let mut number = 0.0;
        // SAFETY: see the module's head.
        let status = unsafe { sys::napi_get_value_double(self.0, value, &mut number) };
        self.check(status, number)
    }

    pub fn is_true(self, value: Value) -> bool {
        let mut flag = false;
        // SAFETY: see the module's head.
        let status = unsafe { sys::napi_get_value_bool(self.0, value, &mut flag) };
        status == sys::Status::napi_ok && flag
    }

    /// The bytes of a Buffer or another Uint8Array, copied.
    pub fn bytes(self, value: Value) -> Option<Vec<u8>> {
        let mut is_array = false;
        // SAFETY: see the module's head.
        unsafe { sys::napi_is_typedarray(self.0, value, &mut is_array) };
        if !is_array {
            return None;
        }
        let (mut kind, mut length, mut start) = (0, 0, ptr::null_mut());
        // SAFETY: `value` is a typed array; the array buffer and offset are not asked for.
        let status = unsafe {
            sys::napi_get_typedarray_info(
                self.0,
                value,
                &mut kind,
                &mut length,
                &mut start,
                ptr::null_mut(),
                ptr::null_mut(),
            )
        };
        if status != sys::Status::napi_ok || kind != sys::TypedarrayType::uint8_array {
            return None;
        }
        if length == 0 || start.is_null() {
            return Some(Vec::new());
        }
        // SAFETY: the engine says that `length` bytes lie at `start`; nothing runs before they are copied.
        Some(unsafe { std::slice::from_raw_parts(start.cast::<u8>(), length) }.to_vec())
    }

    pub fn get(self, object: Value, name: &CStr) -> Outcome<Value> {
        // SAFETY: `name` ends with a null byte.
        self.made(|env, value| unsafe {
            sys::napi_get_named_property(env, object, name.as_ptr(), value)
        })
    }

    /// Whether `name in object`.
    pub fn has(self, object: Value, name: &CStr) -> bool {
        let mut has = false;
        // SAFETY: `name` ends with a null byte.
        let status =
            unsafe { sys::napi_has_named_property(self.0, object, name.as_ptr(), &mut has) };
        self.check(status, has).unwrap_or(false)
    }

    /// The names of an object's own members, but for symbols and what is not enumerable.
    pub fn own_names(self, object: Value) -> Outcome<Vec<String>> {
        let names = self.made(|env, value| unsafe {
            // SAFETY: see the module's head.
            sys::napi_get_all_property_names(
                env,
                object,
                sys::KeyCollectionMode::own_only,
                sys::KeyFilter::enumerable | sys::KeyFilter::skip_symbols,
                sys::KeyConversion::numbers_to_strings,
                value,
            )
        })?;
        let names = self.list(names).unwrap_or_default().into_iter();
        names.map(|name| self.text(name)).collect()
    }

    /// The elements of an array; `None` for anything else.
    pub fn list(self, value: Value) -> Option<Vec<Value>> {
        let (mut is_array, mut length) = (false, 0);
        // SAFETY: see the module's head.
        unsafe {
            sys::napi_is_array(self.0, value, &mut is_array);
            if is_array {
                sys::napi_get_array_length(self.0, value, &mut length);
            }
        }
        let element = |index| {
            // SAFETY: see the module's head.
            self.made(|env, element| unsafe { sys::napi_get_element(env, value, index, element) })
        };
        is_array.then(|| (0..length).map_while(|index| element(index).ok()).collect())
    }

    pub fn call(self, this: Value, function: Value, arguments: &[Value]) -> Outcome<Value> {
        // SAFETY: pointer and length describe `arguments`.
        self.made(|env, value| unsafe {
            sys::napi_call_function(
                env,
                this,
                function,
                arguments.len(),
                arguments.as_ptr(),
                value,
            )
        })
    }

    pub fn throw(self, error: Value) {
        // SAFETY: see the module's head.
        unsafe { sys::napi_throw(self.0, error) };
    }

    pub fn throw_type_error(self, words: &str) {
        let words = CString::new(words).unwrap_or_default();
        // SAFETY: `words` ends with a null byte; no code is given.
        unsafe { sys::napi_throw_type_error(self.0, ptr::null(), words.as_ptr()) };
    }

    /// Whether a constructor's receiver is the global object: it was called without `new`.
    pub fn is_global(self, this: Value) -> bool {
        let mut same = false;
        let Ok(global) = self.global() else {
            return false;
        };
        // SAFETY: see the module's head.
        unsafe { sys::napi_strict_equals(self.0, this, global, &mut same) };
        same
    }

    /// Keeps an object alive until [`Js::release`].
    pub fn keep(self, object: Value) -> Outcome<Reference> {
        let mut reference = ptr::null_mut();
        // SAFETY: see the module's head.
        let status = unsafe { sys::napi_create_reference(self.0, object, 1, &mut reference) };
        self.check(status, reference)
    }

    pub fn kept(self, reference: Reference) -> Outcome<Value> {
        // SAFETY: references are deleted only by `release`, which takes them.
        self.made(|env, value| unsafe { sys::napi_get_reference_value(env, reference, value) })
    }

    pub fn release(self, reference: Reference) {
        // SAFETY: as above.
        unsafe { sys::napi_delete_reference(self.0, reference) };
    }

    /// Runs `body` in a handle scope of its own, so that a long batch does not pile up handles.
    pub fn scoped(self, body: impl FnOnce()) {
        let mut scope = ptr::null_mut();
        // SAFETY: closed below, in order; `body` catches its own panics.
        let opened = unsafe { sys::napi_open_handle_scope(self.0, &mut scope) };
        body();
        if opened == sys::Status::napi_ok {
            // SAFETY: opened above.
            unsafe { sys::napi_close_handle_scope(self.0, scope) };
        }
    }
}

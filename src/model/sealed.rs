//! Text that is kept outside this process: encrypted by a secret of the caller's, and bound to the name of its place.
#![forbid(unsafe_code)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use ring::{hkdf, hmac};
use zeroize::Zeroizing;

use super::hex;
use super::secret::Secret;

/// The longest sealed text that is opened, in bytes of base64.
const MAX_SEALED: usize = 64 * 1024;

/// What seals texts and names them, derived from one secret of the caller's.
pub struct Seal {
    texts: LessSafeKey,
    names: hmac::Key,
}

impl Seal {
    /// `None` only where the derivation itself fails. `secret` must be hard to guess: it is not stretched.
    pub fn new(secret: &Secret) -> Option<Self> {
        let root = hkdf::Salt::new(hkdf::HKDF_SHA256, b"finconnect sealed 1");
        let root = root.extract(secret.as_ref());
        let texts = root.expand(&[b"texts"], &AES_256_GCM).ok()?;
        let names = root.expand(&[b"names"], hmac::HMAC_SHA256).ok()?;
        Some(Self {
            texts: LessSafeKey::new(UnboundKey::from(texts)),
            names: hmac::Key::from(names),
        })
    }

    /// A name that tells nothing of `about` to whoever has not the secret.
    pub fn name(&self, about: &str) -> String {
        hex::encode(hmac::sign(&self.names, about.as_bytes()).as_ref())
    }

    /// `text` as base64 of a random nonce, the AES-256-GCM cipher text and its tag, for the place called `name`.
    pub fn seal(&self, name: &str, text: &str) -> Option<String> {
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).ok()?;
        let mut sealed = text.as_bytes().to_vec();
        let place = Aad::from(name.as_bytes());
        self.texts
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), place, &mut sealed)
            .ok()?;
        Some(STANDARD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// The text that was sealed for the place called `name`; `None` of anything else.
    pub fn open(&self, name: &str, sealed: &str) -> Option<Secret> {
        if sealed.len() > MAX_SEALED {
            return None;
        }
        let mut bytes = Zeroizing::new(STANDARD.decode(sealed).ok()?);
        let (nonce, sealed) = bytes.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let place = Aad::from(name.as_bytes());
        let text = self.texts.open_in_place(nonce, place, sealed).ok()?;
        std::str::from_utf8(text).ok().map(Secret::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal(secret: &str) -> Seal {
        Seal::new(&Secret::new(secret)).unwrap()
    }

    #[test]
    fn only_the_same_secret_opens_a_text_in_its_own_place() {
        let (own, same, other) = (seal("a secret"), seal("a secret"), seal("another"));
        let sealed = own.seal("here", "Bearer t").unwrap();
        let opened = |by: &Seal, name, text: &str| {
            let text = by.open(name, text);
            text.map(|text| text.reveal().to_owned())
        };
        assert_eq!(opened(&same, "here", &sealed).as_deref(), Some("Bearer t"));
        assert_eq!(opened(&other, "here", &sealed), None);
        assert_eq!(opened(&own, "there", &sealed), None);
        let (longer, shorter) = (format!("AAAA{sealed}"), sealed.get(4..).unwrap());
        for text in ["", "!", "AAAA", &longer, shorter] {
            assert_eq!(opened(&own, "here", text), None, "{text}");
        }
    }

    #[test]
    fn a_changed_letter_is_noticed_wherever_it_stands() {
        let own = seal("a secret");
        let sealed = own.seal("here", "Bearer t").unwrap();
        for at in 0..sealed.trim_end_matches('=').len() - 1 {
            let mut changed = sealed.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(own.open("here", &changed).is_none(), "{at}");
        }
    }

    #[test]
    fn no_two_sealed_texts_are_alike_and_nothing_shows_through() {
        let own = seal("a secret");
        let sealed = [(); 2].map(|()| own.seal("here", "Bearer token").unwrap());
        assert_ne!(sealed[0], sealed[1]);
        let bytes = STANDARD.decode(&sealed[0]).unwrap();
        assert_eq!(bytes.len(), NONCE_LEN + "Bearer token".len() + 16);
        assert!(!bytes.windows(5).any(|part| part == b"token"));
    }

    #[test]
    fn a_name_belongs_to_a_secret_and_to_what_it_is_about() {
        let (own, other) = (seal("a secret"), seal("another"));
        assert_eq!(own.name("x"), seal("a secret").name("x"));
        assert_ne!(own.name("x"), own.name("y"));
        assert_ne!(own.name("x"), other.name("x"));
        assert_eq!(own.name("x").len(), 64);
    }
}

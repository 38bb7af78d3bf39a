//! Whom to trust: Mozilla's roots, compiled in, the files named by `NODE_EXTRA_CA_CERTS` and
//! `SSL_CERT_FILE`, and the caller's `ca`. `node:*-slim` images hold no certificates of their own.
#![forbid(unsafe_code)]

use std::sync::{Arc, LazyLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
};

use crate::model::error::Error;

static BUNDLED: LazyLock<Arc<RootCertStore>> = LazyLock::new(|| {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    Arc::new(roots)
});

/// TLS 1.2 and 1.3 with certificate and host name checks, HTTP/2 where the server offers it.
/// `ca`: PEM texts of further certificates to trust; one that holds none is refused.
pub fn client_config(ca: &[String]) -> Result<ClientConfig, Error> {
    let mut roots = Arc::clone(&BUNDLED);
    let mut own = Vec::new();
    for variable in ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"] {
        if let Some(path) = std::env::var_os(variable).filter(|path| !path.is_empty()) {
            // Node, too, goes on without a file it cannot read.
            let certificates = CertificateDer::pem_file_iter(path).into_iter().flatten();
            own.extend(certificates.map_while(Result::ok));
        }
    }
    for pem in ca {
        let pem = lines_of(pem);
        let certificates = CertificateDer::pem_slice_iter(pem.as_bytes());
        let certificates: Vec<_> = certificates.collect::<Result<_, _>>().unwrap_or_default();
        let readable = RootCertStore::empty()
            .add_parsable_certificates(certificates.clone())
            .0;
        if readable == 0 {
            return Err(Error::invalid_config(NO_PEM));
        }
        own.extend(certificates);
    }
    if !own.is_empty() {
        let roots = Arc::make_mut(&mut roots);
        roots.add_parsable_certificates(own.iter().cloned());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let chains = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider))
        .build()
        .map_err(|_| Error::internal())?;
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| Error::internal())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Verifier { chains, own }))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// `pem` as a file has it: an editor may have put a byte order mark in front, and a variable or a YAML file
/// may hold it quoted, indented, or with `\n` for its line ends.
fn lines_of(pem: &str) -> String {
    let pem = pem.replace("\\r", "").replace("\\n", "\n");
    let around = |c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '"' | '\'');
    let lines: Vec<_> = pem.lines().map(|line| line.trim_matches(around)).collect();
    lines.join("\n")
}

const NO_PEM: &str = "ca must hold certificates in PEM: a line -----BEGIN CERTIFICATE-----, lines of base64, a line \
                      -----END CERTIFICATE----- (from a DER file: openssl x509 -inform der -in FILE).";

/// The usual verification of chains, and one thing more, which Node's own does too: a server may show a
/// certificate of the caller's own itself, though it is made as an authority's, as by a plain
/// `openssl req -x509`.
#[derive(Debug)]
struct Verifier {
    chains: Arc<WebPkiServerVerifier>,
    own: Vec<CertificateDer<'static>>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        match self
            .chains
            .verify_server_cert(shown, intermediates, name, ocsp, now)
        {
            // Said of a certificate whose dates are right; the name has not been looked at.
            Err(error) if is_an_authoritys_own(&error) && self.own.contains(shown) => {
                verify_server_name(&ParsedCertificate::try_from(shown)?, name)?;
                Ok(ServerCertVerified::assertion())
            }
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.chains.verify_tls12_signature(message, shown, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.chains.verify_tls13_signature(message, shown, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.chains.supported_verify_schemes()
    }
}

fn of_webpki(error: &rustls::Error) -> Option<&webpki::Error> {
    match error {
        rustls::Error::InvalidCertificate(CertificateError::Other(other)) => other.0.downcast_ref(),
        _ => None,
    }
}

fn is_an_authoritys_own(error: &rustls::Error) -> bool {
    matches!(of_webpki(error), Some(webpki::Error::CaUsedAsEndEntity))
}

/// Why a handshake with `host` failed, and what to do, where that is known.
pub fn explain(error: &rustls::Error, host: &str) -> String {
    let certificate = match error {
        rustls::Error::InvalidCertificate(why) => Some(why),
        _ => None,
    };
    let make_one = || {
        let kind = if host.parse::<std::net::IpAddr>().is_ok() {
            "IP"
        } else {
            "DNS"
        };
        format!("make one with openssl req -x509 … -addext subjectAltName={kind}:{host}")
    };
    let advice = match (certificate, of_webpki(error), error) {
        (Some(CertificateError::UnknownIssuer), ..) => {
            "its certificate is of no authority that is known here: pass that authority's, or a \
             self-signed certificate itself, as ca"
                .to_owned()
        }
        (Some(CertificateError::Expired | CertificateError::ExpiredContext { .. }), ..) => {
            "its certificate must be renewed, or this machine's clock set".to_owned()
        }
        (Some(CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. }), ..) => {
            "its certificate is of the future: set this machine's clock".to_owned()
        }
        (Some(CertificateError::NotValidForNameContext { presented, .. }), ..)
            if presented.is_empty() =>
        {
            format!(
                "its certificate has no subjectAltName, and no other name counts: {}",
                make_one()
            )
        }
        (
            Some(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            ),
            ..,
        ) => {
            format!(
                "its certificate is for another host: call it by that name, or {}",
                make_one()
            )
        }
        (_, Some(webpki::Error::CaUsedAsEndEntity), _) => {
            "its certificate is made as an authority's: pass that very certificate as ca".to_owned()
        }
        (_, Some(webpki::Error::UnsupportedCertVersion), _) => {
            format!("its certificate is not of X.509 version 3: {}", make_one())
        }
        (_, _, rustls::Error::InvalidMessage(_)) => {
            "it does not speak TLS: is https:// right?".to_owned()
        }
        _ => return error.to_string(),
    };
    format!("{error}; {advice}")
}

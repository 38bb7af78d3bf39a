//! Whom to trust: Mozilla's roots, compiled in, the files named by `NODE_EXTRA_CA_CERTS` and
//! `SSL_CERT_FILE`, and the caller's `ca`. `node:*-slim` images hold no certificates of their own.
#![forbid(unsafe_code)]

use std::sync::{Arc, LazyLock};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::error::Error;

static BUNDLED: LazyLock<Arc<RootCertStore>> = LazyLock::new(|| {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    Arc::new(roots)
});

/// TLS 1.2 and 1.3 with certificate and host name checks, HTTP/2 where the server offers it.
/// `ca`: PEM texts of further authorities; one that holds no certificate is refused.
pub fn client_config(ca: &[String]) -> Result<ClientConfig, Error> {
    let mut roots = Arc::clone(&BUNDLED);
    for variable in ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"] {
        if let Some(path) = std::env::var_os(variable).filter(|path| !path.is_empty()) {
            // Node, too, goes on without a file it cannot read.
            let certificates = CertificateDer::pem_file_iter(path).into_iter().flatten();
            Arc::make_mut(&mut roots).add_parsable_certificates(certificates.map_while(Result::ok));
        }
    }
    for pem in ca {
        let certificates: Result<Vec<_>, _> =
            CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
        let added = certificates
            .map(|all| Arc::make_mut(&mut roots).add_parsable_certificates(all).0)
            .unwrap_or(0);
        if added == 0 {
            return Err(Error::invalid_config("ca must hold certificates in PEM."));
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| Error::internal())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

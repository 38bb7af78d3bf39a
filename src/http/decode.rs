//! Answers that come compressed, though none is asked for: undone within the bound of an answer.
#![forbid(unsafe_code)]

use std::io::{self, Read};

use brotli_decompressor::Decompressor;
use flate2::bufread::{DeflateDecoder, GzDecoder, ZlibDecoder};
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};
use serde::de::IgnoredAny;

/// Codings on top of each other that are undone.
const MAX_CODINGS: usize = 4;
/// Codings that are registered and not undone. Any other name is no coding when the body is JSON: some gateways write a
/// charset there, or `none`.
const NOT_UNDONE: [&str; 6] = [
    "compress",
    "x-compress",
    "pack200-gzip",
    "exi",
    "dcb",
    "dcz",
];
/// The most that zstd may look back on, as RFC 9659 bounds it.
const MAX_WINDOW: u64 = 8 << 20;
/// Bytes that brotli reads at a time.
const BUFFER: usize = 4096;

/// What could be read, and why that is not all, when it is not.
pub struct Decoded {
    pub bytes: Vec<u8>,
    pub broken: Option<String>,
}

/// The codings that the `Content-Encoding` lines name, in the order in which they were applied.
pub fn codings<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<String> {
    lines
        .flat_map(|line| line.split(','))
        .map(|coding| coding.trim().to_ascii_lowercase())
        .filter(|coding| !coding.is_empty() && coding != "identity")
        .collect()
}

/// Undoes `codings`. At no step more than `max` bytes are kept.
pub fn decode(codings: &[String], mut bytes: Vec<u8>, max: usize) -> Decoded {
    // An answer without a body is not compressed, whatever its head says.
    if bytes.is_empty() {
        return Decoded {
            bytes,
            broken: None,
        };
    }
    if codings.len() > MAX_CODINGS {
        let broken = Some(format!("compressed more than {MAX_CODINGS} times"));
        return Decoded { bytes, broken };
    }
    for coding in codings.iter().rev() {
        let mut out = Vec::new();
        let undone = match coding.as_str() {
            "gzip" | "x-gzip" => gzip(&bytes, &mut out, max),
            "deflate" => deflate(&bytes, &mut out, max),
            "br" => take(Decompressor::new(bytes.as_slice(), BUFFER), &mut out, max),
            "zstd" => zstd(&bytes, &mut out, max),
            other if !NOT_UNDONE.contains(&other) && is_json(&bytes) => continue,
            other => {
                let name: String = other.chars().take(40).collect();
                let broken = Some(format!("compressed by {name:?}, which is not known"));
                return Decoded { bytes, broken };
            }
        };
        bytes = out;
        let broken = match undone {
            Ok(()) if bytes.len() > max => Some(format!("larger than {max} bytes")),
            Ok(()) => continue,
            Err(_) => Some(format!("cut off, or not {coding}")),
        };
        bytes.truncate(max);
        return Decoded { bytes, broken };
    }
    Decoded {
        bytes,
        broken: None,
    }
}

fn is_json(bytes: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(bytes).is_ok()
}

/// Reads until the end, or until `out` holds more than `max`.
fn take(reader: impl Read, out: &mut Vec<u8>, max: usize) -> io::Result<()> {
    let left = (max + 1).saturating_sub(out.len());
    reader.take(left as u64).read_to_end(out).map(drop)
}

/// A gzip file is one member or several; what follows them is ignored, as everywhere.
fn gzip(mut rest: &[u8], out: &mut Vec<u8>, max: usize) -> io::Result<()> {
    loop {
        let mut member = GzDecoder::new(rest);
        take(&mut member, out, max)?;
        rest = member.into_inner();
        if out.len() > max || !rest.starts_with(&[0x1f, 0x8b]) {
            return Ok(());
        }
    }
}

/// Undoes `deflate`, which has the wrapper of zlib by the standard, and none from some servers.
fn deflate(bytes: &[u8], out: &mut Vec<u8>, max: usize) -> io::Result<()> {
    match bytes {
        [method, flags, ..]
            if method & 15 == 8 && u16::from_be_bytes([*method, *flags]).is_multiple_of(31) =>
        {
            take(ZlibDecoder::new(bytes), out, max)
        }
        _ => take(DeflateDecoder::new(bytes), out, max),
    }
}

/// One frame or several, whose checksums must be right.
fn zstd(mut rest: &[u8], out: &mut Vec<u8>, max: usize) -> io::Result<()> {
    while !rest.is_empty() && out.len() <= max {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(MAX_WINDOW);
        let mut frame =
            StreamingDecoder::new_with_decoder(rest, decoder).map_err(io::Error::other)?;
        take(&mut frame, out, max)?;
        let (left, decoder) = frame.into_parts();
        let told = decoder.get_checksum_from_data();
        if out.len() <= max && told.is_some() && told != decoder.get_calculated_checksum() {
            return Err(io::Error::other("the checksum is wrong"));
        }
        rest = left;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    const TEXT: &str =
        r#"{"success":true,"message":"Your request has been received","transactionId":"T-1"}"#;

    fn unpack(text: &str) -> Vec<u8> {
        STANDARD.decode(text).unwrap()
    }

    fn of(codings: &str, bytes: &[u8]) -> Result<String, String> {
        let codings = super::codings([codings].into_iter());
        let Decoded { bytes, broken } = decode(&codings, bytes.to_vec(), 1 << 20);
        broken.map_or_else(|| Ok(String::from_utf8(bytes).unwrap()), Err)
    }

    const GZIP: &str = "H4sIAAAAAAAAAwXBMRKAIAwEwK8wV2Nhyw/sbSxjuFEKYUzAxvHv7r7woUp3pG6DERfd5SAStjYsGO9B7+EUDztZg1FZHmZEdJPqor20umQkrNOM7wdLK3gLUQAAAA==";
    const ZLIB: &str = "eJwFwTESgCAMBMCvMFdjYcsP7G0sY7hRCmFMwMbx7+6+8KFKd6RugxEX3eUgErY2LBjvQe/hFA87WYNRWR5mRHST6qK9tLpkJKzTjO8Hp58cSw==";
    const RAW: &str = "BcExEoAgDATArzBXY2HLD+xtLGO4UQphTMDG8e/uvvChSnekboMRF93lIBK2NiwY70Hv4RQPO1mDUVkeZkR0k+qivbS6ZCSs04zvBw==";
    const BROTLI: &str =
        "G1AAYJwHdqxmYmGw6lmoRUCS9mYMVV+x6FQLmVMOnMqC1qKDnfBg9xg7T6K40gOxcaFGFcHjbvBlxIf/glexYQ==";
    const GZIP_IN_BROTLI: &str = "iy6AH4sIAAAAAAAAAwXBMRKAIAwEwK8wV2Nhyw/sbSxjuFEKYUzAxvHv7r7woUp3pG6DERfd5SAStjYsGO9B7+EUDztZg1FZHmZEdJPqor20umQkrNOM7wdLK3gLUQAAAAM=";
    const ZSTD: &str = "KLUv/QRoNQIAEoUQEpDPAQLtdAqWsZsULzLCrP4PYrmHME16FRhdVYhCNGuHXr/u6hPAPwGKGqj0Vn6CaeNp0meI0r8Ot7OSpvRKWdo4AC8jQPY=";

    #[test]
    fn each_coding_is_undone_also_on_top_of_another() {
        for (codings, packed) in [
            ("gzip", GZIP),
            ("GZIP", GZIP),
            ("x-gzip", GZIP),
            ("deflate", ZLIB),
            ("Deflate", RAW),
            ("br", BROTLI),
            ("zstd", ZSTD),
            ("gzip, br", GZIP_IN_BROTLI),
            ("identity,gzip ,identity", GZIP),
        ] {
            assert_eq!(
                of(codings, &unpack(packed)).as_deref(),
                Ok(TEXT),
                "{codings}"
            );
        }
        for codings in ["", "identity", " , "] {
            assert_eq!(of(codings, TEXT.as_bytes()).as_deref(), Ok(TEXT));
        }
        for other in ["utf-8", "none", "aws-chunked", "none, utf-8"] {
            assert_eq!(of(other, TEXT.as_bytes()).as_deref(), Ok(TEXT), "{other}");
        }
        for codings in ["gzip", "br", "zstd", "deflate", "lzma"] {
            assert_eq!(of(codings, b"").as_deref(), Ok(""), "no body");
        }
    }

    #[test]
    fn several_parts_are_one_text() {
        for (coding, packed) in [("gzip", GZIP), ("zstd", ZSTD)] {
            let twice = [unpack(packed), unpack(packed)].concat();
            assert_eq!(of(coding, &twice), Ok(format!("{TEXT}{TEXT}")));
        }
        assert_eq!(
            of("gzip", &[unpack(GZIP), vec![0; 9]].concat()).as_deref(),
            Ok(TEXT)
        );
    }

    #[test]
    fn what_is_cut_off_or_spoilt_is_broken_at_each_length() {
        for (coding, packed) in [
            ("gzip", GZIP),
            ("deflate", ZLIB),
            ("deflate", RAW),
            ("br", BROTLI),
            ("zstd", ZSTD),
        ] {
            let whole = unpack(packed);
            for length in 1..whole.len() {
                let cut = of(coding, whole.get(..length).unwrap());
                // Without a checksum at its end, the last byte of a text may hold none of it.
                assert!(
                    cut.is_err() || cut.as_deref() == Ok(TEXT),
                    "{coding} {length}: {cut:?}"
                );
                assert!(
                    cut.is_err() || length + 1 == whole.len(),
                    "{coding} {length}"
                );
            }
            assert!(of(coding, TEXT.as_bytes()).is_err(), "{coding}");
        }
        for (coding, packed) in [("gzip", GZIP), ("deflate", ZLIB), ("zstd", ZSTD)] {
            let mut spoilt = unpack(packed);
            let last = spoilt.len() - 1;
            *spoilt.get_mut(last).unwrap() ^= 1;
            assert!(of(coding, &spoilt).is_err(), "{coding}");
        }
    }

    #[test]
    fn what_is_not_known_is_named() {
        let why = of("gzip, compress", &unpack(GZIP)).unwrap_err();
        assert_eq!(why, r#"compressed by "compress", which is not known"#);
        let why = of("br,br,br,br,br", &unpack(BROTLI)).unwrap_err();
        assert_eq!(why, "compressed more than 4 times");
    }

    #[test]
    fn a_bomb_is_read_up_to_the_bound_and_no_further() {
        use std::io::Write;
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        let zeros = vec![0_u8; 1 << 20];
        for _ in 0..64 {
            packed.write_all(&zeros).unwrap();
        }
        let once = packed.finish().unwrap();
        let mut again = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        again.write_all(&once).unwrap();
        let twice = again.finish().unwrap();
        for (codings, bomb) in [(&["gzip"][..], once), (&["gzip", "gzip"], twice)] {
            let codings: Vec<String> = codings.iter().map(|&coding| coding.to_owned()).collect();
            let Decoded { bytes, broken } = decode(&codings, bomb, 1 << 20);
            assert_eq!(bytes.len(), 1 << 20);
            assert_eq!(broken.as_deref(), Some("larger than 1048576 bytes"));
        }
    }

    proptest::proptest! {
        #[test]
        fn spoilt_bytes_are_read_within_the_bound_and_without_a_panic(
            spoils in proptest::collection::vec((0_usize..200, 0_u8..), 0..6),
            which in 0_usize..6,
        ) {
            let packed = [GZIP, ZLIB, RAW, BROTLI, ZSTD, GZIP_IN_BROTLI];
            let named = ["gzip", "deflate", "deflate", "br", "zstd", "gzip,br"];
            let mut bytes = unpack(packed[which]);
            for (at, byte) in spoils {
                let at = at % bytes.len();
                bytes[at] = byte;
            }
            let codings = super::codings([named[which]].into_iter());
            let decoded = decode(&codings, bytes, 1000);
            proptest::prop_assert!(decoded.bytes.len() <= 1000);
        }
    }
}

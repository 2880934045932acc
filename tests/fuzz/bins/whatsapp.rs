#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wasl_fuzz::whatsapp::run(data));

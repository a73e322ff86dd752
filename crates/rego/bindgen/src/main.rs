//! `causeway-rego-bindgen INPUT.wasm FOLDER`: wasm-bindgen's own command, reduced to what is needed here, so that its
//! version and all it needs are pinned in the one Cargo.lock.

use std::env::args;

use anyhow::Context;
use wasm_bindgen_cli_support::Bindgen;

fn main() -> anyhow::Result<()> {
    let usage = "usage: causeway-rego-bindgen INPUT.wasm FOLDER";
    let input = args().nth(1).context(usage)?;
    let folder = args().nth(2).context(usage)?;
    Bindgen::new()
        .input_path(input)
        .out_name("rego")
        .web(true)?
        .typescript(true)
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(folder)
}

//! What an evaluation may use: steps, time, memory.
//!
//! regorus asks its time source now and then, each time a number of units of work is done. The meter is that source:
//! it counts the work, looks at the real clock, and reports the end of time when a limit is reached.

use std::alloc::{GlobalAlloc, Layout};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use regorus::utils::limits::{ExecutionTimerConfig, TimeSource, set_time_source};
use wasm_bindgen::prelude::*;

use crate::blocks;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn milliseconds() -> f64;
}

/// Units of regorus' work between two looks at the meter.
const INTERVAL: u32 = 64;

/// Any length will do: the meter reports zero or, at a limit, all of time.
const TIMER: ExecutionTimerConfig =
    ExecutionTimerConfig { limit: Duration::from_secs(1), check_interval: NonZeroU32::new(INTERVAL).unwrap() };

static STEPS: AtomicU64 = AtomicU64::new(0);
static MAX_STEPS: AtomicU64 = AtomicU64::new(u64::MAX);
/// Milliseconds of `performance.now()`, as bits of an f64.
static DEADLINE: AtomicU64 = AtomicU64::new(0);
static BYTES: AtomicUsize = AtomicUsize::new(0);
static MAX_BYTES: AtomicUsize = AtomicUsize::new(usize::MAX);

struct Meter;

impl TimeSource for Meter {
    fn now(&self) -> Option<Duration> {
        STEPS.fetch_add(u64::from(INTERVAL), Relaxed);
        Some(if exceeded().is_some() { Duration::MAX } else { Duration::ZERO })
    }
}

/// Starts the count for an evaluation: so many steps and milliseconds, and bytes beside what is held already.
pub fn start(steps: f64, milliseconds_left: f64, bytes: f64) -> ExecutionTimerConfig {
    // Set once: a second time is refused, which says that it is there.
    let _ = set_time_source(&Meter);
    STEPS.store(0, Relaxed);
    MAX_STEPS.store(steps as u64, Relaxed);
    DEADLINE.store((milliseconds() + milliseconds_left).to_bits(), Relaxed);
    MAX_BYTES.store(BYTES.load(Relaxed).saturating_add(bytes as usize), Relaxed);
    TIMER
}

/// Lifts all limits.
pub fn stop() {
    MAX_STEPS.store(u64::MAX, Relaxed);
    DEADLINE.store(f64::INFINITY.to_bits(), Relaxed);
    MAX_BYTES.store(usize::MAX, Relaxed);
}

/// The limit that has been reached, if one has. It stays reached: an error on the way cannot hide it.
pub fn exceeded() -> Option<&'static str> {
    if STEPS.load(Relaxed) > MAX_STEPS.load(Relaxed) {
        return Some("steps");
    }
    (milliseconds() > f64::from_bits(DEADLINE.load(Relaxed))).then_some("time")
}

/// An allocator, counted. Memory that is over the limit ends the whole instance: there is no way back from within an
/// allocation.
pub struct Counted;

unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let bytes = more(layout.size());
        taken(unsafe { blocks::take(layout) }, bytes)
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let bytes = more(size).saturating_sub(layout.size());
        taken(unsafe { blocks::resize(memory, layout, size) }, bytes)
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        BYTES.fetch_sub(layout.size(), Relaxed);
        unsafe { blocks::give(memory, layout) }
    }
}

/// How many bytes are held with so many more. Not repeated at each place that allocates.
#[inline(never)]
fn more(size: usize) -> usize {
    let bytes = BYTES.load(Relaxed).saturating_add(size);
    if bytes > MAX_BYTES.load(Relaxed) {
        out_of_memory();
    }
    bytes
}

#[inline(never)]
fn taken(memory: *mut u8, bytes: usize) -> *mut u8 {
    if memory.is_null() {
        out_of_memory();
    }
    BYTES.store(bytes, Relaxed);
    memory
}

fn out_of_memory() -> ! {
    MAX_BYTES.store(usize::MAX, Relaxed);
    wasm_bindgen::throw_str("limit: memory")
}

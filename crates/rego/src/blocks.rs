//! Small blocks of memory that were given back, kept for who asks next: an evaluation takes and gives back hundreds, and
//! the system's allocator takes a fifth of its time to do so. Few are kept, so that what one evaluation had at once is
//! the system's again, to be put together.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::ptr;

/// What sizes differ by, in bytes.
const STEP: usize = 16;
/// Blocks up to `STEP` × this many bytes are kept.
const CLASSES: usize = 32;
/// Of each size: 4 MiB in all.
const KEPT: u32 = 512;
/// What the system's blocks are aligned to, at least.
const ALIGN: usize = 8;

/// The blocks that are kept of one size; the first word of each is where the next one is.
#[derive(Clone, Copy)]
struct Class {
    first: *mut u8,
    count: u32,
}

struct Kept(UnsafeCell<[Class; CLASSES]>);

// An instance has one thread.
unsafe impl Sync for Kept {}

static KEPT_BLOCKS: Kept = Kept(UnsafeCell::new([Class { first: ptr::null_mut(), count: 0 }; CLASSES]));

/// The class that a block is of, if it is small.
#[inline(always)]
fn class_of(size: usize, align: usize) -> Option<usize> {
    let class = size.wrapping_sub(1) / STEP;
    (class < CLASSES && align <= ALIGN).then_some(class)
}

fn layout_of(class: usize) -> Layout {
    unsafe { Layout::from_size_align_unchecked((class + 1) * STEP, ALIGN) }
}

#[inline(always)]
fn kept(class: usize) -> *mut Class {
    unsafe { KEPT_BLOCKS.0.get().cast::<Class>().add(class) }
}

pub unsafe fn take(layout: Layout) -> *mut u8 {
    let Some(class) = class_of(layout.size(), layout.align()) else { return unsafe { System.alloc(layout) } };
    unsafe {
        let kept = &mut *kept(class);
        let block = kept.first;
        if block.is_null() {
            return System.alloc(layout_of(class));
        }
        kept.first = block.cast::<*mut u8>().read();
        kept.count -= 1;
        block
    }
}

pub unsafe fn give(block: *mut u8, layout: Layout) {
    let Some(class) = class_of(layout.size(), layout.align()) else {
        return unsafe { System.dealloc(block, layout) };
    };
    unsafe {
        let kept = &mut *kept(class);
        if kept.count == KEPT {
            return System.dealloc(block, layout_of(class));
        }
        block.cast::<*mut u8>().write(kept.first);
        kept.first = block;
        kept.count += 1;
    }
}

/// Null when there is none of that size; the block is as it was then.
pub unsafe fn resize(block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
    let (from, to) = (class_of(layout.size(), layout.align()), class_of(size, layout.align()));
    match (from, to) {
        (None, None) => unsafe { System.realloc(block, layout, size) },
        (Some(from), Some(to)) if from == to => block,
        _ => unsafe {
            let moved = take(Layout::from_size_align_unchecked(size, layout.align()));
            if !moved.is_null() {
                ptr::copy_nonoverlapping(block, moved, layout.size().min(size));
                give(block, layout);
            }
            moved
        },
    }
}

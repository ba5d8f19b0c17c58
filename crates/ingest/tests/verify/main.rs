//! `verify` on lakes that a run made from a generated bucket and somebody then spoiled. Every damage is named with its
//! path; whoever then does what the findings say gets the lake that was there before, byte for byte, and a clean bill.

mod bytes;
mod lake;
mod rows;
mod state;

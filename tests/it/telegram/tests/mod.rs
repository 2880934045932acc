//! The fake refuses, keeps and repeats what it says it does.

mod binary;
mod client;
mod people;
mod receiving;
mod sending;
mod shapes;
mod weather;

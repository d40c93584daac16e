/**
 * Reading and writing HDF5 files, on any platform; needs the package `h5wasm`.
 *
 * @module lfads/hdf5
 */

export { readHdf5 } from "./data/hdf5/readHdf5";
export { type Hdf5Arrays, type ReadHdf5Options, readHdf5Arrays } from "./data/hdf5/readHdf5Arrays";
export { writeHdf5 } from "./data/hdf5/writeHdf5";
export { writeHdf5Arrays } from "./data/hdf5/writeHdf5Arrays";

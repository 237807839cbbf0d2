/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_MACHINE_RATES_H
#define ECLD_MACHINE_RATES_H

#include <string>

namespace ecld
{

/// What this machine can do at best, to hold a rate against.
struct MachineRates
{
    double diskBytesPerS{0};   ///< reading a file that is not in memory, as far as it may be asked
    double memoryBytesPerS{0}; ///< copying memory: bytes copied a second
};

/**
 * @param folder with .safetensors files to read up to 1 GB from
 * @return both rates; 0 for the disk where there is no such file
 */
MachineRates MeasureMachineRates(const std::string& folder);

/// @return largest resident memory of this process so far, bytes
double GetPeakResidentBytes();

/// @return bytes of memory that the system could give now; 0 where it does not say
double GetAvailableBytes();

} // namespace ecld

#endif // ECLD_MACHINE_RATES_H

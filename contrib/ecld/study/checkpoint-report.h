/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_CHECKPOINT_REPORT_H
#define ECLD_CHECKPOINT_REPORT_H

#include "measure/device-model.h"
#include "measure/runtime-speed.h"

#include <iosfwd>
#include <string>

namespace ecld
{

/// @param bytesPerS a rate @return in words
std::string FormatRate(double bytesPerS);

/**
 * @param path GGUF file
 * @param bitsPerWeight that a weight of a matrix takes
 * @param bf16Bytes size of the full model in bf16
 * @param peakBytes largest resident memory, 0 where nothing was made
 * @param device whose latency and energy are modelled
 * @return its size and what it costs on the device, in lines
 */
std::string DescribeFile(const std::string& path,
                         double bitsPerWeight,
                         double bf16Bytes,
                         double peakBytes,
                         const DeviceModel& device);

/**
 * @brief Let llama.cpp load a file and measure it for a moment.
 * @param path GGUF file
 * @param clientFolder of llama.cpp, see SpeedSettings
 * @param report is told how fast it is, or why it was not loaded
 * @return what was measured, empty lists where there is no llama.cpp
 */
RuntimeSpeed TrySpeed(const std::string& path,
                      const std::string& clientFolder,
                      std::ostream& report);

} // namespace ecld

#endif // ECLD_CHECKPOINT_REPORT_H

/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_DEVICE_H
#define LLM_DEVICE_H

#include <cstdint>
#include <optional>
#include <string>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief GPUs that compute each layer of a model together (tensor parallelism).
 */
struct LlmTensorParallel
{
    uint32_t gpus{2};             ///< how many, [2, 64]
    double allReduceLatencyUs{0}; ///< latency of one all-reduce among them, us, >= 0
    double linkBytesPerS{0};      ///< rate of the link, bytes (not bits) a second, > 0
};

/**
 * @ingroup llm-mec
 * @brief A device that runs a model: a phone, a laptop, an MEC server.
 *
 * The file format is JSON, described by data/schema/llm-device.schema.json; its keys are the names
 * of the members. This header knows nothing of ns-3.
 */
struct LlmDevice
{
    int version{1};   ///< version of the file format, 1
    std::string name; ///< name of the device, not empty, by convention the file's stem
    std::optional<double> frequencyHz; ///< f_k or F, cycles/s, > 0; none for a GPU
    /// kappa_comp of (15), J per cycle per Hz^2, >= 0; none for a GPU
    std::optional<double> energyCoefficient;
    std::optional<double> maxPowerDbm; ///< P_k^max, dBm, [-60, 60]; none for a server
    uint64_t memoryBytes{0};           ///< memory that a model can use, bytes, [1, 2^53 - 1]
    double memoryBytesPerS{0};         ///< bandwidth of that memory, bytes (not bits) a second, > 0
    double peakFlops{0};               ///< peak rate, floating-point operations a second, > 0
    /// Peak rate in 32 bits without tensor cores, floating-point operations a second, > 0; none
    /// where it is not known.
    std::optional<double> fp32Flops;
    /// Bits a weight: 4 or 8 by the paper's hardware-aware quantization, 16 where none is
    /// quantized.
    int weightBits{8};
    /// Where several GPUs compute together; memory, bandwidth and peak rate are then those of one.
    std::optional<LlmTensorParallel> tensorParallel;
    std::optional<double> batteryJ; ///< energy of a full battery, J, > 0; none on mains
    std::string source;             ///< where the numbers come from, not empty
};

/**
 * @ingroup llm-mec
 * @brief Read a device from a file.
 * @param path the file, at most 64 MiB of JSON
 * @return the device, every member within its range
 * @throws std::runtime_error one line that names the file, the field as a JSON pointer, what is
 *         there and what was expected; no other exception leaves
 */
LlmDevice ReadLlmDevice(const std::string& path);

/**
 * @ingroup llm-mec
 * @brief Read a device from a text, with the checks of ReadLlmDevice.
 * @param text JSON, at most 64 MiB
 * @param name what error messages call the text
 * @return the device, every member within its range
 * @throws std::runtime_error as ReadLlmDevice does
 */
LlmDevice ParseLlmDevice(const std::string& text, const std::string& name);

} // namespace llmmec
} // namespace ns3

#endif // LLM_DEVICE_H

/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_DEVICE_MODEL_H
#define ECLD_DEVICE_MODEL_H

#include <cstdint>
#include <string>

namespace ecld
{

/// What a roofline needs to know of a device; data/devices has files of them.
struct DeviceModel
{
    std::string name;            ///< such as phone
    double memoryBytes{0};       ///< that a model can use
    double memoryBytesPerS{0};   ///< bandwidth
    double peakFlops{0};         ///< operations a second
    int weightBits{4};           ///< by III-C: 4 for phones, 8 for laptops and servers
    double frequencyHz{0};       ///< f of (15)
    double energyCoefficient{0}; ///< kappa_comp of (15), J per cycle per Hz^2

    /// @return kappa_comp f^3, the power of (15) while the device computes, W
    double GetPowerW() const;
};

/**
 * @brief Read a device in the form of data/schema/llm-device.schema.json.
 * @param path the file
 * @return the numbers that the roofline needs
 * @throws std::runtime_error one line that names file and field
 */
DeviceModel ReadDeviceModel(const std::string& path);

/// A model, as a roofline sees it.
struct ModelDemand
{
    double bytes{0};      ///< weights that a token reads
    double parameters{0}; ///< weights that a token multiplies with
};

/// Latency and energy on a device, modelled, not measured.
struct ModelledCost
{
    double promptPerTokenS{0};     ///< compute-bound: the prompt is one batch
    double generationPerTokenS{0}; ///< usually memory-bound
    double promptPerTokenJ{0};     ///< latency times power
    double generationPerTokenJ{0}; ///< latency times power
    bool fits{false};              ///< the weights fit into the device's memory
};

/**
 * Share of the roofline that real runtimes reach. Example 1 of arXiv:2602.13628 gives two rates:
 * Llama-3-8B with 4 bits on a phone 2 to 3 tokens/s, with 8 bits on a laptop's GPU 8 to 10. The
 * bare roofline says 8.8 and 28; this one number brings both into their ranges (2.6 and 8.4).
 */
constexpr double ROOFLINE_EFFICIENCY = 0.3;

/**
 * @brief Roofline: a token takes the longer of reading all weights and of two operations a weight.
 *
 * A prompt reads the weights once for all its tokens; promptTokens says for how many.
 *
 * @param device where
 * @param model what
 * @param promptTokens tokens of a prompt, >= 1
 * @param efficiency share of the roofline, (0, 1]
 * @return modelled costs
 */
ModelledCost ModelCost(const DeviceModel& device,
                       const ModelDemand& model,
                       int64_t promptTokens,
                       double efficiency = ROOFLINE_EFFICIENCY);

} // namespace ecld

#endif // ECLD_DEVICE_MODEL_H

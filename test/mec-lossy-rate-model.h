/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_LOSSY_RATE_MODEL_H
#define MEC_LOSSY_RATE_MODEL_H

#include "ns3/mec-rate-model.h"
#include "ns3/mec-uplink-rate.h"

#include <cstdint>
#include <random>

/**
 * @ingroup llm-mec-tests
 * @brief Rate (19), and at random twice that, which no receiver decodes.
 */
class LossyRateModel : public ns3::llmmec::MecRateModel
{
  public:
    /// @param lost share of bursts that are lost
    /// @param seed of the draws
    explicit LossyRateModel(double lost, uint64_t seed = 1)
        : m_random(seed),
          m_isLost(lost)
    {
    }

    double GetRateBps(const ns3::llmmec::MecRadioState& state) const override
    {
        const double rateBps = ns3::llmmec::UplinkRateBps(state.receivedW,
                                                          state.slotInterferenceW,
                                                          state.bandwidthHz,
                                                          state.noiseW);
        return m_isLost(m_random) ? 2 * rateBps : rateBps;
    }

  private:
    mutable std::mt19937_64 m_random;             //!< bits
    mutable std::bernoulli_distribution m_isLost; //!< chance of a loss
};

#endif // MEC_LOSSY_RATE_MODEL_H

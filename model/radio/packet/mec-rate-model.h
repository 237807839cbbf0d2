/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_RATE_MODEL_H
#define MEC_RATE_MODEL_H

#include "ns3/object.h"

#include <limits>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What is known of the radio when a burst starts.
 */
struct MecRadioState
{
    double receivedW{0};         ///< p_k h_k of the sender at the receiver, W
    double slotInterferenceW{0}; ///< sum of p_l h_l over the other MLUs of the band, W
    double airInterferenceW{0};  ///< power of what others send at this moment, W
    double bandwidthHz{0};       ///< B, Hz
    double noiseW{0};            ///< noise over B, W
    /// What the worst moment of the burst's last try allowed, bit/s; infinity in a first try
    double lastAllowedBps{std::numeric_limits<double>::infinity()};
};

/**
 * @ingroup llm-mec
 * @brief Chooses the rate of a burst when it starts.
 */
class MecRateModel : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * Choose a rate.
     * @param state what is known of the radio
     * @return rate of the payload, bit/s, >= 0; with 0 the MLU waits
     */
    virtual double GetRateBps(const MecRadioState& state) const = 0;
};

/**
 * @ingroup llm-mec
 * @brief A rate model that believes in an SINR less a margin.
 */
class MecSinrRateModel : public MecRateModel
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    double GetRateBps(const MecRadioState& state) const override;

  protected:
    /// @param state what is known of the radio @param interferenceW interference to expect, W
    /// @return rate that this interference allows with the margin, bit/s
    double GetRateAtBps(const MecRadioState& state, double interferenceW) const;

  private:
    /// @param state what is known of the radio @return interference to expect, W
    virtual double GetInterferenceW(const MecRadioState& state) const = 0;

    double m_marginDb; //!< taken off the SINR, dB
};

/**
 * @ingroup llm-mec
 * @brief Rate (19): all other MLUs of the band interfere with the powers that they have in the
 * slot. Real interference can only be smaller, so no burst is lost while powers and gains hold.
 */
class MecSlotRateModel : public MecSinrRateModel
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

  private:
    double GetInterferenceW(const MecRadioState& state) const override;
};

/**
 * @ingroup llm-mec
 * @brief Rate after what is on the air when the burst starts. It is faster where MLUs are silent at
 * times; a burst is lost when so much joins it that its capacity ends below its bits.
 *
 * A burst that was lost is sent again no faster than the worst moment of its last try allowed, but
 * not slower than the rate of MecSlotRateModel for that. Otherwise MLUs that start in the same
 * instant would find the band idle in each try, and all would be lost each time.
 */
class MecActiveRateModel : public MecSinrRateModel
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    double GetRateBps(const MecRadioState& state) const override;

  private:
    double GetInterferenceW(const MecRadioState& state) const override;
};

/**
 * @ingroup llm-mec
 * @brief One rate for all bursts, whatever the radio is like.
 */
class MecConstantRateModel : public MecRateModel
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    double GetRateBps(const MecRadioState& state) const override;

  private:
    double m_rateBps; //!< the rate, bit/s
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_RATE_MODEL_H

/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_CHANNEL_MEASUREMENT_H
#define MEC_CHANNEL_MEASUREMENT_H

#include <Eigen/Core>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What a controller knows of the radio of its cell and tells it: gains, bandwidth, noise and
 * what each MLU may send with in a slot.
 *
 * This is an interface beside MecLink: a link has one, and need not move bits as this says. For a
 * link of packets it is what the controller believes.
 */
class MecChannelMeasurement
{
  public:
    virtual ~MecChannelMeasurement() = default;

    /**
     * Measure the channel, once at the start of a slot; the gains hold until the next call.
     * @return h of (17), linear power gain, one row per MLU and one column per server
     */
    virtual const Eigen::ArrayXXd& MeasureGains() = 0;

    /**
     * Announce what each MLU may transmit with in the slot that starts now.
     * @param powerW p_k, W, one entry per MLU
     * @param server index of its server, one entry per MLU; all 0 when empty
     * @param bandwidthShare y_k, share of its server's band that it has for itself, one entry per
     * MLU; empty when all of a server's MLUs share its band and interfere
     */
    virtual void AnnounceSlot(const Eigen::ArrayXd& powerW,
                              const Eigen::ArrayXi& server,
                              const Eigen::ArrayXd& bandwidthShare) = 0;

    /// @return B of each server, Hz
    virtual double GetBandwidthHz() const = 0;
    /// @return sigma^2 over B, W
    virtual double GetNoiseW() const = 0;
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_CHANNEL_MEASUREMENT_H

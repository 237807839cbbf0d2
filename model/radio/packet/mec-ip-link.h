/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_IP_LINK_H
#define MEC_IP_LINK_H

#include "mec-socket-link.h"

#include "ns3/mec-channel-measurement.h"

#include <Eigen/Core>
#include <cstdint>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief A link of packets over the devices that the nodes have: CSMA, point-to-point, wifi or any
 * other that carries IPv4. Nodes have devices and addresses before they join.
 *
 * It knows nothing of the radio below. Who measures it sees gains of 1, a bandwidth in Hz as large
 * as BelievedBps and a noise of 1 W, as over a MecConstantLink: what a policy believes, whatever
 * the devices do. An upload takes its power for the whole of its latency.
 */
class MecIpLink : public MecSocketLink, public MecChannelMeasurement
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    MecChannelMeasurement& GetMeasurement() override;
    int64_t AssignStreams(int64_t stream) override;

    const Eigen::ArrayXXd& MeasureGains() override;
    void AnnounceSlot(const Eigen::ArrayXd& powerW,
                      const Eigen::ArrayXi& server,
                      const Eigen::ArrayXd& bandwidthShare) override;
    double GetBandwidthHz() const override;
    double GetNoiseW() const override;

  protected:
    void DoAddMlu(Ptr<Node> node) override;

  private:
    void SetPowerW(uint32_t mlu, double powerW) override;
    RadioUse MeasureUse(uint32_t mlu) const override;
    void DropQueued(uint32_t mlu) override;

    double m_believedBps;         //!< rate that policies count on, bit/s
    std::vector<double> m_powerW; //!< of each MLU's upload, W
    Eigen::ArrayXXd m_gain;       //!< MLUs x 1
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_IP_LINK_H

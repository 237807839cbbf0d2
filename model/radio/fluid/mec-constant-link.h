/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_CONSTANT_LINK_H
#define MEC_CONSTANT_LINK_H

#include "ns3/event-id.h"
#include "ns3/mec-link.h"
#include "ns3/nstime.h"

#include <Eigen/Core>
#include <cstdint>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief A link of constant rate: each MLU has an uplink for itself, and answers take a constant
 * time. For studies of what is above a link, and for closed forms.
 *
 * It has no radio. Who measures it sees gains of 1, a bandwidth in Hz as large as UplinkBps, and a
 * noise of 1 W: an MLU that sends with 1 W then has the rate by (19), and no other has. An MLU with
 * a rate of its own has the gain that gives it that rate.
 */
class MecConstantLink : public MecLink, public MecChannelMeasurement
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * Give an MLU a rate of its own, in place of UplinkBps. An upload under way keeps its own.
     * @param mlu index of the MLU, which the link has
     * @param bps its rate, bit/s, > 0
     * @throw std::invalid_argument in one line
     */
    void SetUplinkBps(uint32_t mlu, double bps);

    void Send(const OffloadRequest& request, const LinkTransmission& transmission) override;
    void Cancel(uint32_t mlu) override;
    void SendAnswer(const OffloadAnswer& answer) override;
    MecChannelMeasurement& GetMeasurement() override;
    double GetMaxLatencyS() const override;
    int64_t AssignStreams(int64_t stream) override;

    const Eigen::ArrayXXd& MeasureGains() override;
    void AnnounceSlot(const Eigen::ArrayXd& powerW,
                      const Eigen::ArrayXi& server,
                      const Eigen::ArrayXd& bandwidthShare) override;
    double GetBandwidthHz() const override;
    double GetNoiseW() const override;

  protected:
    void DoAddMlu(Ptr<Node> node) override;
    void DoAddServer(Ptr<Node> node) override;

  private:
    /// @param mlu index @return its rate, bit/s
    double GetUplinkBps(uint32_t mlu) const;
    /// An upload has arrived. @param request what was sent @param delivery how it went
    void Deliver(const OffloadRequest& request, const LinkDelivery& delivery);

    double m_uplinkBps;          //!< of each MLU without a rate of its own, bit/s
    Time m_downlinkLatency;      //!< of an answer
    std::vector<double> m_rates; //!< of the MLUs' own, bit/s; 0: UplinkBps
    Eigen::ArrayXXd m_gain;      //!< of (19), MLUs x servers
    std::vector<EventId> m_ends; //!< of the upload of each MLU
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_CONSTANT_LINK_H

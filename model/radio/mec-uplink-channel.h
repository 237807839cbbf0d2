/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_UPLINK_CHANNEL_H
#define MEC_UPLINK_CHANNEL_H

#include "mec-uplink.h"

#include "ns3/event-id.h"
#include "ns3/mobility-model.h"
#include "ns3/nstime.h"
#include "ns3/propagation-loss-model.h"
#include "ns3/traced-callback.h"

#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Fluid uplink: bits flow at the rate (19), no packets.
 *
 * Gains come from any chain of ns-3 propagation loss models between the nodes' mobility models, so
 * height, distance (16) and movement are those of the nodes. All transmitters share one band and
 * interfere; the server treats the others as noise.
 *
 * Interference counts in one of two ways. Slot, as in the paper: everybody interferes with the
 * power announced for the slot, during the whole slot, also when it offloads nothing; a rate is
 * fixed when its upload starts. O(K) a slot. Active: a device interferes while it really sends, and
 * the rates of all are worked out anew whenever an upload starts or ends and at each slot start.
 * O(number of senders) for each of these instants.
 *
 * An upload that would take longer than MaxLatency is ended there and flagged, so that a rate of
 * zero cannot hold up a slot for ever; its share counts as delivered.
 */
class MecUplinkChannel : public MecUplink
{
  public:
    /// Which transmitters an upload sees as interference; unscoped, as ns-3.37's EnumValue needs
    enum Interference
    {
        SLOT,  ///< all of the slot's announced powers, for the whole slot (the paper)
        ACTIVE ///< only devices that are sending right now
    };

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    uint32_t AddMlu(Ptr<Node> mlu) override;
    void SetServer(Ptr<Node> server) override;
    const Eigen::ArrayXd& MeasureGains() override;
    void SetSlotPowers(const Eigen::ArrayXd& powerW) override;
    void Send(const OffloadRequest& request, double powerW) override;
    void Cancel(uint32_t mlu) override;
    double GetBandwidthHz() const override;
    double GetNoiseW() const override;
    double GetMaxLatencyS() const override;
    int64_t AssignStreams(int64_t stream) override;

    /**
     * TracedCallback signature of an upload that is through.
     * @param [in] request what was sent
     * @param [in] delivery how it went
     */
    typedef void (*DeliveredTracedCallback)(const OffloadRequest& request,
                                            const UplinkDelivery& delivery);

  protected:
    void DoDispose() override;

  private:
    /// An upload under way when interference is Active
    struct Upload
    {
        OffloadRequest request;  //!< what is sent
        double powerW{0};        //!< transmit power, W
        double remainingBits{0}; //!< not yet sent, bits
        double elapsedS{0};      //!< time since the start, s
        double rateBps{0};       //!< rate since the last change, bit/s
    };

    /// Start an upload at the slot's rate. @param request what to send @param powerW power, W
    void SendInSlot(const OffloadRequest& request, double powerW);
    /// The upload is through. @param request what was sent @param delivery how it went
    void EndUpload(OffloadRequest request, UplinkDelivery delivery);
    /// Work the rates out anew at the end of this instant, once for all that happens in it.
    void ScheduleUpdate();
    /// Let the uploads flow until now, deliver those that are through, work out new rates.
    void UpdateActive();

    Ptr<PropagationLossModel> m_loss; //!< path loss and fading
    double m_bandwidthHz;             //!< B, Hz
    double m_noiseDbm;                //!< sigma^2 over B, dBm
    Time m_maxLatency;                //!< cap of an upload's latency
    Interference m_interference;      //!< which transmitters interfere

    std::vector<Ptr<MobilityModel>> m_mluMobility; //!< position of each MLU
    Ptr<MobilityModel> m_serverMobility;           //!< position of the antenna
    Eigen::ArrayXd m_gain;                         //!< h_k of the slot
    Eigen::ArrayXd m_slotPowerW;                   //!< p_k announced for the slot
    Eigen::ArrayXd m_slotRateBps;                  //!< r_k of the slot
    std::vector<EventId> m_slotEnds; //!< end of each MLU's upload, when interference is Slot
    std::vector<Upload> m_uploads;   //!< under way, when interference is Active
    double m_updatedS{0};            //!< when the uploads' bits were last counted
    EventId m_update;                //!< next time the active rates change
    TracedCallback<const OffloadRequest&, const UplinkDelivery&> m_deliveredTrace; //!< trace
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_UPLINK_CHANNEL_H

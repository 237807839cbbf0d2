/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_UPLINK_CHANNEL_H
#define MEC_UPLINK_CHANNEL_H

#include "ns3/event-id.h"
#include "ns3/mec-link.h"
#include "ns3/mobility-model.h"
#include "ns3/nstime.h"
#include "ns3/propagation-loss-model.h"
#include "ns3/random-variable-stream.h"

#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Fluid link: bits flow up at the rate (19), no packets. Answers are a few tokens and take
 * no time, as in the paper.
 *
 * Gains come from any chain of ns-3 propagation loss models between the nodes' mobility models, so
 * height, distance (16) and movement are those of the nodes. The transmitters of one server share
 * its band and interfere; the server treats the others as noise. With bandwidth shares each has a
 * part of the band for itself. Servers have bands of their own.
 *
 * Interference counts in one of two ways. Slot, as in the paper: everybody interferes with the
 * power announced for the slot, during the whole slot, also when it offloads nothing; a rate is
 * fixed when its upload starts. O(K) a slot. Active: a device interferes while it really sends, and
 * the rates of all are worked out anew whenever an upload starts or ends and at each slot start.
 * O(number of senders) for each of these instants.
 *
 * With RateDeviation above 0 each upload's rate is that of (19) times a factor of its own, which
 * policies do not know when they decide: what a real modem makes of the same signal.
 *
 * An upload that would take longer than MaxLatency is ended there and flagged, so that a rate of
 * zero cannot hold up a slot for ever; its share counts as delivered.
 */
class MecUplinkChannel : public MecLink, public MecChannelMeasurement
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

    MecUplinkChannel();

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
    void DoDispose() override;
    void DoAddMlu(Ptr<Node> node) override;
    void DoAddServer(Ptr<Node> node) override;

  private:
    /// An upload under way when interference is Slot; one per MLU, so that its event is small
    struct SlotUpload
    {
        OffloadRequest request; //!< what is sent
        LinkDelivery delivery;  //!< how it goes
        EventId end;            //!< when it arrives
    };

    /// An upload under way when interference is Active
    struct Upload
    {
        OffloadRequest request;        //!< what is sent
        LinkTransmission transmission; //!< what it is sent with
        double remainingBits{0};       //!< not yet sent, bits
        double elapsedS{0};            //!< time since the start, s
        double rateBps{0};             //!< rate since the last change, bit/s
        double rateFactor{1};          //!< between its rate and (19)
    };

    /// Start an upload at the slot's rate. @param request what to send @param transmission with
    /// what
    void StartAtSlotRate(const OffloadRequest& request, const LinkTransmission& transmission);
    /// @param request what is sent @param transmission with what @return its rate (19) while all
    /// others have what they were announced with, bit/s
    double GetSlotRateBps(const OffloadRequest& request,
                          const LinkTransmission& transmission) const;
    /// @return the factor between an upload's rate and (19)
    double DrawRateFactor();
    /// The upload of an MLU at the slot's rate has arrived. @param mlu index of the MLU
    void EndSlotUpload(uint32_t mlu);
    /// An upload has arrived. @param request what was sent @param delivery how it went
    void Deliver(const OffloadRequest& request, const LinkDelivery& delivery);
    /// Work the rates out anew at the end of this instant, once for all that happens in it.
    void ScheduleUpdate();
    /// Let the uploads flow until now, deliver those that have arrived, work out new rates.
    void UpdateActive();
    /// Let the uploads flow until now. @return those that have arrived, which are under way no more
    std::vector<Upload> TakeArrived();
    /// Work out the rates of the uploads under way. @return when the first of them arrives if
    /// nothing changes, s from now; infinite without any
    double UpdateRates();

    Ptr<PropagationLossModel> m_loss; //!< path loss and fading
    double m_bandwidthHz;             //!< B, Hz
    double m_noiseDbm;                //!< sigma^2 over B, dBm
    Time m_maxLatency;                //!< cap of an upload's latency
    Time m_downlinkLatency;           //!< of an answer
    Interference m_interference;      //!< which transmitters interfere
    double m_rateDeviation;           //!< of ln of the factor between an upload's rate and (19)
    Ptr<NormalRandomVariable> m_rateDraws; //!< gives these logarithms

    std::vector<Ptr<MobilityModel>> m_mluMobility;    //!< position of each MLU
    std::vector<Ptr<MobilityModel>> m_serverMobility; //!< position of each server's antenna
    Eigen::ArrayXXd m_gain;                           //!< h of the slot, MLUs x servers
    Eigen::ArrayXd m_slotPowerW;                      //!< p_k announced for the slot
    Eigen::ArrayXi m_slotServer;                      //!< servers announced for the slot, or empty
    Eigen::ArrayXd m_slotShare;                       //!< y_k announced for the slot, or empty
    Eigen::ArrayXd m_slotRateBps;                     //!< r_k of the slot
    std::vector<SlotUpload> m_slotUploads;            //!< one per MLU
    std::vector<Upload> m_uploads;                    //!< under way, when interference is Active
    double m_updatedS{0};                             //!< when the uploads' bits were last counted
    EventId m_update;                                 //!< next time the active rates change
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_UPLINK_CHANNEL_H

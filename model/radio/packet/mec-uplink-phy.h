/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_UPLINK_PHY_H
#define MEC_UPLINK_PHY_H

#include "mec-uplink-burst.h"
#include "mec-uplink-interference.h"

#include "ns3/callback.h"
#include "ns3/mobility-model.h"
#include "ns3/net-device.h"
#include "ns3/spectrum-channel.h"
#include "ns3/spectrum-model.h"
#include "ns3/spectrum-phy.h"
#include "ns3/traced-callback.h"
#include "ns3/traced-value.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief How the reception of a burst ended.
 */
struct MecBurstReception
{
    /// What became of it
    enum Result
    {
        DECODED,     ///< its capacity was at least its bits
        TOO_FAST,    ///< its capacity was below its bits
        NO_RECEIVER, ///< as many bursts as can be were on the air when it started
        CANCELLED,   ///< its sender had given it up meanwhile
    };

    uint32_t mlu{0};        ///< index of the sender in its band
    uint64_t sequence{0};   ///< number among the sender's bursts
    uint32_t tries{0};      ///< how often it was sent, with this time
    double bits{0};         ///< payload, bits
    double rateBps{0};      ///< of the payload, bit/s
    double worstRateBps{0}; ///< capacity at its worst instant, bit/s
    Result result{DECODED}; ///< what became of it
};

/**
 * @ingroup llm-mec
 * @brief Radio of an MLU or of a server: sends bursts into a band, and decodes any number of them
 * at once, each at its own SINR with all others as interference.
 *
 * A burst is decoded when the integral of B log2(1 + SINR) over its payload is at least its bits.
 * Only a PHY that was added to the spectrum channel hears anything; MLUs are not, since each
 * listener costs an event per burst. Signals of other technologies that a spectrum channel converts
 * to this PHY's model count as interference. Uplink and downlink have bands of their own (FDD).
 */
class MecUplinkPhy : public SpectrumPhy
{
  public:
    /// Called with a burst. Argument: the burst.
    using BurstCallback = Callback<void, Ptr<MecUplinkBurst>>;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * Choose the band.
     * @param model one band of width B
     * @param noiseW noise over B at this receiver, W, > 0
     */
    void SetSpectrum(Ptr<const SpectrumModel> model, double noiseW);

    /// @param sent called when a burst of this PHY has ended
    void SetSentCallback(BurstCallback sent);
    /// @param received called with each burst that is decoded
    void SetReceivedCallback(BurstCallback received);

    /**
     * Send a burst. None may be under way.
     * @param burst the burst, whose rate, preamble and duration are set
     * @param rateBps rate of its payload, bit/s, > 0
     */
    void Send(Ptr<MecUplinkBurst> burst, double rateBps);

    /// @return whether a burst of this PHY is on the air
    bool IsSending() const;

    /**
     * @param bits payload, bits
     * @param rateBps its rate, bit/s, > 0
     * @return how long the payload takes, without preamble, up to the next ns
     */
    static Time GetPayloadDuration(double bits, double rateBps);

    /// @param powerW power of bursts that start from now on, W, >= 0
    void SetPowerW(double powerW);
    /// @return power of bursts that start from now on, W
    double GetPowerW() const;
    /// @return power of all signals that are received at this moment, W
    double GetReceivedW() const;
    /// @param mlu index of a sender @return power of all signals but its own that are received at
    /// this moment, W
    double GetInterferenceW(uint32_t mlu) const;
    /// @return how long this PHY has sent until now, s
    double GetAirTimeS() const;
    /// @return energy of all that this PHY has sent until now, power times time on the air, J
    double GetTransmitEnergyJ() const;

    void SetDevice(Ptr<NetDevice> device) override;
    Ptr<NetDevice> GetDevice() const override;
    void SetMobility(Ptr<MobilityModel> mobility) override;
    Ptr<MobilityModel> GetMobility() const override;
    void SetChannel(Ptr<SpectrumChannel> channel) override;
    Ptr<const SpectrumModel> GetRxSpectrumModel() const override;
    Ptr<Object> GetAntenna() const override;
    void StartRx(Ptr<SpectrumSignalParameters> params) override;

    /**
     * TracedCallback signature of a reception that has ended.
     * @param [in] reception how it ended
     */
    typedef void (*ReceptionTracedCallback)(const MecBurstReception& reception);

  protected:
    void DoDispose() override;

  private:
    /// A burst that is being received
    struct Reception
    {
        Ptr<MecUplinkBurst> burst;                ///< the burst
        MecUplinkInterference::SignalId signal{}; ///< its signal
        int64_t payloadNs{0};                     ///< when its payload begins, ns
        bool hasReceiver{true};                   ///< it is not one too many
    };

    /// @param powerDbm power of bursts that start from now on, dBm
    void SetPowerDbm(double powerDbm);
    /// A burst of this PHY has ended. @param burst the burst
    void EndSending(Ptr<MecUplinkBurst> burst);
    /// A burst has been received. @param reception the burst and its signal
    void EndReception(const Reception& reception);
    /// A signal that is no burst has ended. @param signal the signal
    void EndForeign(MecUplinkInterference::SignalId signal);
    /// @param reception a burst that ends now @param worstRateBps its capacity at its worst
    /// instant, bit/s @return what becomes of it
    MecBurstReception::Result Decide(const Reception& reception, double worstRateBps) const;
    /// @return how long the burst that is on the air has been there, s; 0 without one
    double GetSendingS() const;

    Time m_preamble;          //!< of each burst
    uint32_t m_maxReceptions; //!< most bursts that are decoded at once, 0 for no limit
    double m_rateTolerance;   //!< how much capacity may be missing, as a share

    Ptr<NetDevice> m_device;          //!< owner
    Ptr<MobilityModel> m_mobility;    //!< place
    Ptr<SpectrumChannel> m_channel;   //!< where bursts are sent
    Ptr<const SpectrumModel> m_model; //!< one band
    BurstCallback m_sent;             //!< a burst of this PHY has ended
    BurstCallback m_received;         //!< a burst is decoded
    double m_powerW{0};               //!< of bursts that start from now on, W
    bool m_isSending{false};          //!< a burst is on the air
    Time m_sendingSince;              //!< since when
    double m_airTimeS{0};             //!< of bursts that have ended, s
    double m_transmitEnergyJ{0};      //!< of bursts that have ended, J
    uint32_t m_receptions{0};         //!< bursts that are being decoded
    std::vector<std::optional<MecUplinkInterference::SignalId>> m_signals; //!< of each sender, last
    std::optional<MecUplinkInterference> m_interference;                   //!< what is received

    TracedValue<double> m_transmitPowerW{0};                   //!< power on the air, W
    TracedCallback<Ptr<const Packet>> m_txBeginTrace;          //!< a frame is sent
    TracedCallback<Ptr<const Packet>> m_txEndTrace;            //!< a frame was sent
    TracedCallback<Ptr<const Packet>> m_rxBeginTrace;          //!< a frame begins
    TracedCallback<Ptr<const Packet>> m_rxEndTrace;            //!< a frame is decoded
    TracedCallback<Ptr<const Packet>> m_rxDropTrace;           //!< a frame is not decoded
    TracedCallback<const MecBurstReception&> m_receptionTrace; //!< a burst has ended
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_UPLINK_PHY_H

/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_TEST_LINK_H
#define LLM_MEC_TEST_LINK_H

#include "ns3/mec-link.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cstdint>
#include <vector>

constexpr double UPLOAD_S = 0.25;     //!< an upload over the pipe, s
constexpr double FLIGHT_S = 0.125;    //!< from the sender's last bit to the server, s
constexpr double DOWNLINK_S = 0.0625; //!< an answer over the pipe, s

/**
 * @ingroup llm-mec-tests
 * @brief A link of a study's own, in one file: each upload takes as long as the others, arrives
 * some time after it was sent, and every n-th is lost.
 */
class PipeLink : public ns3::llmmec::MecLink, public ns3::llmmec::MecChannelMeasurement
{
  public:
    /// @return the ns3::TypeId
    static ns3::TypeId GetTypeId()
    {
        static ns3::TypeId tid =
            ns3::TypeId("ns3::PipeLink")
                .SetParent<ns3::llmmec::MecLink>()
                .AddConstructor<PipeLink>()
                .AddAttribute("LosesEach",
                              "Of so many uploads one is lost, 0 for none.",
                              ns3::UintegerValue(0),
                              ns3::MakeUintegerAccessor(&PipeLink::m_losesEach),
                              ns3::MakeUintegerChecker<uint32_t>());
        return tid;
    }

    void Send(const ns3::llmmec::OffloadRequest& request,
              const ns3::llmmec::LinkTransmission& transmission) override
    {
        ns3::llmmec::LinkDelivery delivery;
        delivery.latencyS = UPLOAD_S;
        delivery.airTimeS = UPLOAD_S / 2; // the rest is waiting, which takes no energy
        delivery.energyJ = transmission.powerW * delivery.airTimeS;
        delivery.rateBps = request.work.bits / UPLOAD_S;
        ++m_uploads;
        const bool isLost = m_losesEach > 0 && m_uploads % m_losesEach == 0;
        m_ends.resize(std::max<std::size_t>(m_ends.size(), request.mlu + 1));
        m_ends[request.mlu] =
            ns3::Simulator::Schedule(ns3::Seconds(UPLOAD_S), [this, request, delivery, isLost] {
                if (isLost)
                {
                    TellLost(request, delivery);
                    return;
                }
                TellSent(request, delivery);
                ns3::Simulator::Schedule(ns3::Seconds(FLIGHT_S), [this, request, delivery] {
                    TellReceived(request, delivery);
                });
            });
    }

    void Cancel(uint32_t mlu) override
    {
        m_ends[mlu].Cancel();
    }

    void SendAnswer(const ns3::llmmec::OffloadAnswer& answer) override
    {
        ns3::llmmec::LinkDelivery delivery;
        delivery.latencyS = DOWNLINK_S;
        ns3::Simulator::Schedule(ns3::Seconds(DOWNLINK_S),
                                 [this, answer, delivery] { TellAnswer(answer, delivery); });
    }

    ns3::llmmec::MecChannelMeasurement& GetMeasurement() override
    {
        return *this;
    }

    double GetMaxLatencyS() const override
    {
        return 10;
    }

    int64_t AssignStreams(int64_t) override
    {
        return 0;
    }

    const Eigen::ArrayXXd& MeasureGains() override
    {
        m_gain.setConstant(m_mlus, GetServers(), 1e-6);
        return m_gain;
    }

    void AnnounceSlot(const Eigen::ArrayXd&, const Eigen::ArrayXi&, const Eigen::ArrayXd&) override
    {
    }

    double GetBandwidthHz() const override
    {
        return 10e6;
    }

    double GetNoiseW() const override
    {
        return 4e-14;
    }

  protected:
    void DoAddMlu(ns3::Ptr<ns3::Node>) override
    {
        ++m_mlus;
    }

    void DoAddServer(ns3::Ptr<ns3::Node>) override
    {
    }

  private:
    uint32_t m_losesEach{0};          //!< of so many uploads one is lost
    uint32_t m_uploads{0};            //!< uploads so far
    Eigen::Index m_mlus{0};           //!< number of MLUs
    Eigen::ArrayXXd m_gain;           //!< what is measured
    std::vector<ns3::EventId> m_ends; //!< end of each MLU's upload
};

NS_OBJECT_ENSURE_REGISTERED(PipeLink);

#endif // LLM_MEC_TEST_LINK_H

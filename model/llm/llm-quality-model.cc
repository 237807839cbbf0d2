/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-quality-model.h"

#include "ns3/double.h"
#include "ns3/log.h"

#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("QualityModel");

NS_OBJECT_ENSURE_REGISTERED(QualityModel);
NS_OBJECT_ENSURE_REGISTERED(ConstantQualityModel);
NS_OBJECT_ENSURE_REGISTERED(SampledQualityModel);

TypeId
QualityModel::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::QualityModel").SetParent<Object>().SetGroupName("LlmMec");
    return tid;
}

void
QualityModel::SetProfiles(const LlmProfile& local, const LlmProfile& mec)
{
    NS_LOG_FUNCTION(this << local.name << mec.name);
    m_localAccuracy = local.accuracy;
    m_localHallucination = local.hallucination;
    m_mecAccuracy = mec.accuracy;
    m_mecHallucination = mec.hallucination;
    m_profileNames = local.name + " + " + mec.name;
}

const std::string&
QualityModel::GetProfileNames() const
{
    return m_profileNames;
}

int64_t
QualityModel::AssignStreams(int64_t stream)
{
    NS_LOG_FUNCTION(this << stream);
    return 0;
}

TypeId
ConstantQualityModel::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::ConstantQualityModel")
            .SetParent<QualityModel>()
            .SetGroupName("LlmMec")
            .AddConstructor<ConstantQualityModel>()
            .AddAttribute("LocalAccuracy",
                          "Accuracy A_k of the compact model's answers, a share from 0 to 1; "
                          "default: Llama-3.1-8B compressed by ECLD, Table I of the paper.",
                          DoubleValue(0.5905),
                          MakeDoubleAccessor(&ConstantQualityModel::m_localAccuracy),
                          MakeDoubleChecker<double>(0, 1))
            .AddAttribute("LocalHallucination",
                          "Hallucination rate H_k of the compact model's answers, a share from 0 "
                          "to 1; default: Llama-3.1-8B compressed by ECLD, Table I of the paper.",
                          DoubleValue(0.65),
                          MakeDoubleAccessor(&ConstantQualityModel::m_localHallucination),
                          MakeDoubleChecker<double>(0, 1))
            .AddAttribute("MecAccuracy",
                          "Accuracy A_k^MEC of the full model's answers, a share from 0 to 1; "
                          "default: the original Llama-3.1-8B, Table I of the paper.",
                          DoubleValue(0.703),
                          MakeDoubleAccessor(&ConstantQualityModel::m_mecAccuracy),
                          MakeDoubleChecker<double>(0, 1))
            .AddAttribute("MecHallucination",
                          "Hallucination rate H_k^MEC of the full model's answers, a share from 0 "
                          "to 1; default: the original Llama-3.1-8B, Table I of the paper.",
                          DoubleValue(0.77),
                          MakeDoubleAccessor(&ConstantQualityModel::m_mecHallucination),
                          MakeDoubleChecker<double>(0, 1));
    return tid;
}

LlmQuality
ConstantQualityModel::Draw()
{
    return GetExpected();
}

LlmQuality
ConstantQualityModel::GetExpected() const
{
    return {m_localAccuracy, m_localHallucination, m_mecAccuracy, m_mecHallucination};
}

TypeId
SampledQualityModel::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::SampledQualityModel")
                            .SetParent<QualityModel>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<SampledQualityModel>();
    return tid;
}

SampledQualityModel::SampledQualityModel()
    : m_query(CreateObject<UniformRandomVariable>())
{
}

void
SampledQualityModel::SetProfiles(const LlmProfile& local, const LlmProfile& mec)
{
    const auto n = local.accuracySamples.size();
    if (n == 0 || local.hallucinationSamples.size() != n)
    {
        // A profile made in code has not passed the checks of ReadLlmProfile.
        throw std::runtime_error(
            "profile " + local.name + " has " + std::to_string(n) + " samples of accuracy and " +
            std::to_string(local.hallucinationSamples.size()) +
            " of hallucination, SampledQualityModel expects as many of both and at least one");
    }
    QualityModel::SetProfiles(local, mec);
    m_local = local;
    const auto mean = [n](const std::vector<double>& samples) {
        return std::accumulate(samples.begin(), samples.end(), 0.0) / static_cast<double>(n);
    };
    m_meanAccuracy = mean(local.accuracySamples);
    m_meanHallucination = mean(local.hallucinationSamples);
}

LlmQuality
SampledQualityModel::Draw()
{
    RequireProfiles();
    const auto last = static_cast<uint32_t>(m_local.accuracySamples.size() - 1);
    const auto query = m_query->GetInteger(0, last);
    return {m_local.accuracySamples[query],
            m_local.hallucinationSamples[query],
            m_mecAccuracy,
            m_mecHallucination};
}

LlmQuality
SampledQualityModel::GetExpected() const
{
    RequireProfiles();
    return {m_meanAccuracy, m_meanHallucination, m_mecAccuracy, m_mecHallucination};
}

int64_t
SampledQualityModel::AssignStreams(int64_t stream)
{
    NS_LOG_FUNCTION(this << stream);
    m_query->SetStream(stream);
    return 1;
}

void
SampledQualityModel::RequireProfiles() const
{
    if (m_local.accuracySamples.empty())
    {
        throw std::runtime_error("SampledQualityModel has no profiles, expected SetProfiles first");
    }
}

} // namespace llmmec
} // namespace ns3

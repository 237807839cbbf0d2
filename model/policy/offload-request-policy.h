/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef OFFLOAD_REQUEST_POLICY_H
#define OFFLOAD_REQUEST_POLICY_H

#include "ns3/object.h"
#include "ns3/random-variable-stream.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What is known when a question is asked.
 */
struct RequestObservation
{
    double promptTokens{0};   ///< tokens of the prompt
    double answerTokens{0};   ///< expected tokens of the answer
    double deviceWaitS{0};    ///< until the device is free, s
    double deviceLatencyS{0}; ///< that the device takes for the answer, s
    double uplinkS{0};        ///< that sending the prompt takes if no other MLU sends, s
    double serverLatencyS{0}; ///< that the server takes for the answer, beside all that it has, s
};

/**
 * @ingroup llm-mec
 * @brief Who answers a question: the device or the server.
 */
class RequestPolicy : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @param observation what is known
     * @return whether the server answers
     */
    virtual bool Offloads(const RequestObservation& observation) = 0;

    /**
     * Assign fixed random streams.
     * @param stream first stream to use
     * @return number of streams used; none unless overridden
     */
    virtual int64_t AssignStreams(int64_t stream);

    /// @return short names of the policies in alphabetical order: ns3::llmmec::FasterRequestPolicy
    /// is faster
    static std::vector<std::string> GetNames();

    /**
     * Find a policy.
     * @param name short name (faster) or TypeId name (ns3::llmmec::FasterRequestPolicy)
     * @return its TypeId
     * @throw std::invalid_argument naming the known policies when there is none of that name
     */
    static TypeId Find(const std::string& name);
};

/**
 * @ingroup llm-mec
 * @brief The device answers all questions.
 */
class DeviceRequestPolicy : public RequestPolicy
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    bool Offloads(const RequestObservation& observation) override;
};

/**
 * @ingroup llm-mec
 * @brief The server answers all questions.
 */
class ServerRequestPolicy : public RequestPolicy
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    bool Offloads(const RequestObservation& observation) override;
};

/**
 * @ingroup llm-mec
 * @brief Each question is drawn.
 */
class RandomRequestPolicy : public RequestPolicy
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    RandomRequestPolicy();

    bool Offloads(const RequestObservation& observation) override;
    int64_t AssignStreams(int64_t stream) override;

  private:
    double m_serverShare;                //!< probability of the server
    Ptr<UniformRandomVariable> m_random; //!< draws
};

/**
 * @ingroup llm-mec
 * @brief Who is expected to have the whole answer sooner.
 */
class FasterRequestPolicy : public RequestPolicy
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    bool Offloads(const RequestObservation& observation) override;
};

} // namespace llmmec
} // namespace ns3

#endif // OFFLOAD_REQUEST_POLICY_H

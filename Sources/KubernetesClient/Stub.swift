import AsyncHTTPClient
import Yams
